using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>Tables, trees, times and XML as virsh prints them.</summary>
public sealed class FormatTests
{
    [Fact]
    public void A_table_pads_all_columns_but_the_last()
    {
        var output = new StringWriter();
        Table.Print(output, ["Name", "Parent"], [["a-long-one", ""], ["b", "a-long-one"], ["\u65e5\u672c", "x\ty"]]);
        Assert.Equal(" Name         Parent\n--------------------------\n a-long-one   \n b            a-long-one\n \u65e5\u672c         x\\x09y\n", output.ToString());
    }

    [Fact]
    public void A_table_without_rows_is_as_wide_as_its_header()
    {
        var output = new StringWriter();
        Table.Print(output, ["Name", "Creation Time"], []);
        Assert.Equal(" Name   Creation Time\n-----------------------\n", output.ToString());
    }

    [Fact]
    public void A_quiet_tables_header_counts_for_nothing()
    {
        var output = new StringWriter();
        Table.Print(output, ["Name", "Time"], [["a", "1"]], bodyOnly: true);
        Assert.Equal(" a   1\n", output.ToString());
    }

    [Theory]
    [InlineData(1_551_128_777, "UTC", "2019-02-25 21:06:17 +0000")]
    [InlineData(1_551_128_777, "America/New_York", "2019-02-25 16:06:17 -0500")]
    [InlineData(1_561_128_777, "America/New_York", "2019-06-21 10:52:57 -0400")]
    [InlineData(1_551_128_777, "Asia/Kolkata", "2019-02-26 02:36:17 +0530")]
    [InlineData(253_402_300_799, "UTC", "9999-12-31 23:59:59 +0000")]
    [InlineData(253_402_300_800, "UTC", null)]
    [InlineData(253_402_300_800, "America/New_York", "9999-12-31 19:00:00 -0500")]
    [InlineData(253_402_300_799, "Europe/Berlin", null)]
    [InlineData(253_402_297_199, "Europe/Berlin", "9999-12-31 23:59:59 +0100")]
    [InlineData(long.MaxValue, "UTC", null)]
    public void Times_are_local_and_end_with_the_year_9999(long seconds, string zone, string? expected) =>
        Assert.Equal(expected, CheckpointTable.Local(new CreationTime(seconds), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Fact]
    public void A_tree_is_drawn_as_virsh_draws_it()
    {
        var output = new StringWriter();
        TreeDrawing.Draw(output, [("A", null), ("B", "A"), ("C", "A"), ("D", "B"), ("E", "B"), ("F", null), ("gone", "nosuch")]);
        Assert.Equal("A\n  |\n  +- B\n  |   |\n  |   +- D\n  |   +- E\n  |     \n  +- C\n    \nF\n\n", output.ToString());
    }

    [Fact]
    public void A_chain_of_100_000_costs_no_stack()
    {
        var counted = new CountingWriter();
        TreeDrawing.Draw(counted, [.. Enumerable.Range(0, 100_000).Select(i => ($"{i}", i == 0 ? null : $"{i - 1}"))]);
        // One line for each, and one for what is below it.
        Assert.Equal(200_000, counted.Lines);
    }

    [Theory]
    [InlineData("vda", "<disk name='vda'/>")]
    [InlineData("vda,checkpoint=no", "<disk name='vda' checkpoint='no'/>")]
    [InlineData("vda,bitmap=x,checkpoint=y", "<disk name='vda' checkpoint='y' bitmap='x'/>")]
    [InlineData("vda,bitmap=a,,b", "<disk name='vda' bitmap='a,b'/>")]
    [InlineData("<&,checkpoint=", "<disk name='&lt;&amp;' checkpoint=''/>")]
    [InlineData(",,", "<disk name=','/>")]
    [InlineData("", "/>")]
    [InlineData("vda,", null)]
    [InlineData(",vda", null)]
    [InlineData("vda,what", null)]
    [InlineData("vda,bitmap=x,bitmap=y", null)]
    public void A_diskspec_becomes_a_disk(string spec, string? expected) => Assert.Equal(expected, DiskSpec.ToXml(spec));

    [Fact]
    public void Disks_are_looked_at_in_libvirts_order()
    {
        var document = LibxmlDom.Load("""
            <domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os><devices>
              <disk type='file'><target dev='vdb' bus='virtio'/></disk>
              <disk type='file'><target dev='hda' bus='ide'/></disk>
              <disk type='file'><target dev='vda' bus='virtio'/></disk>
              <interface type='user'/>
            </devices></domain>
            """);
        Assert.Equal(
            "<devices>\n  <disk type=\"file\">\n    <target dev=\"vda\" bus=\"virtio\"/>\n  </disk>\n  <disk type=\"file\">\n    <target dev=\"vdb\" bus=\"virtio\"/>\n  </disk>\n"
            + "  <disk type=\"file\">\n    <target dev=\"hda\" bus=\"ide\"/>\n  </disk>\n  <interface type=\"user\"/>\n</devices>",
            LibxmlDom.Write(document.SelectSingleNode("//devices")!));
    }

    [Fact]
    public void Text_keeps_its_element_on_one_line() => Assert.Equal(
        "<a x=\"&quot;&lt;\">1 &lt; 2<b/></a>", LibxmlDom.Write(LibxmlDom.Load("<a x='\"&lt;'>1 &lt; 2<b/></a>").DocumentElement!));

    private sealed class CountingWriter : TextWriter
    {
        public int Lines { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value == '\n') Lines++;
        }

        public override void Write(string? value)
        {
        }

        public override void Write(StringBuilder? value)
        {
        }
    }
}
