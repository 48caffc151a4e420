using CsCheck;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

public sealed class ListTests
{
    private const string Good = "<domaincheckpoint><name>a</name><creationTime>5</creationTime></domaincheckpoint>";

    [Fact]
    public void A_bulk_document_gives_back_the_domain_and_every_checkpoint() =>
        Gen.Select(Any.Checkpoint.Array[1, 5], Any.Domain.Null(), Any.Domain, Any.Name.Nullable()).Sample((checkpoints, around, inside, current) =>
        {
            var read = ListReader.Read(new StringReader(Written(checkpoints, around, inside, current)), 3).Value;
            Assert.Equal(around, read.Domain?.Xml);
            Assert.Equal(current?.Value, read.Current);
            Assert.True(read.IsList);
            Assert.Equal(Enumerable.Range(3, checkpoints.Length), read.Items.Select(item => item.Index));
            foreach (var (checkpoint, item) in checkpoints.Zip(read.Items))
            {
                var xml = item.Read.Value;
                Assert.Equal(checkpoint, new Checkpoint(xml.Name, xml.Description, xml.Parent, xml.CreationTime, DiskAlignment.AsListed(xml.Disks, xml.Name), null));
                Assert.Equal(inside, xml.Definition?.Xml);
                Assert.Same(read.Items[0].Read.Value.Definition, xml.Definition);
            }
        });

    [Fact]
    public void One_checkpoint_alone_is_a_list_of_one_that_says_nothing_of_the_current()
    {
        var read = ListReader.Read(new StringReader($"<!-- libvirt's own\n-->\n{Good}\n")).Value;
        Assert.False(read.IsList);
        Assert.Equal("a", Assert.Single(read.Items).Name);
    }

    [Fact]
    public void Every_bad_item_is_kept_with_its_place()
    {
        var read = ListReader.Read(new StringReader($"""
            <checkpoints current=''>
              <domaincheckpoint><name>x</name></domaincheckpoint>{Good}
              <domaincheckpoint><name>y z</name>
                <creationTime>5</creationTime></domaincheckpoint><domaincheckpoint/>
              {Good}
            </checkpoints>
            """), 10).Value;
        Assert.Equal("", read.Current);
        Assert.Equal(
            [(10, "x", Rule.CreationTimeMissing, new XmlPosition(2, 3)), (12, "y z", Rule.XmlInvalidSchema, new XmlPosition(3, 21)), (13, null, Rule.NameMissing, new XmlPosition(4, 54))],
            read.Items.Where(item => item.Read.Refusal is not null).Select(item => (item.Index, item.Name, item.Read.Refusal!.Rule, item.Read.Refusal.At!.Value)));
        Assert.Equal(5, read.Items.Count);
    }

    [Theory]
    [InlineData(Rule.XmlUnexpectedRoot, "<snapshots/>", "XML error: unexpected root element <snapshots>, expecting <checkpoints>")]
    [InlineData(Rule.ListWithoutCheckpoints, "<checkpoints/>", "XML error: expected at least one <domaincheckpoint> child")]
    [InlineData(Rule.ListWithoutCheckpoints, "<checkpoints>\n  </checkpoints>", "XML error: expected at least one <domaincheckpoint> child")]
    [InlineData(Rule.ListWithoutCheckpoints, "<domain><name>d</name></domain>", "XML error: expected at least one <domaincheckpoint> child")]
    [InlineData(Rule.ListWithoutCheckpoints, "<domain/>", "XML error: expected at least one <domaincheckpoint> child")]
    [InlineData(Rule.DomainNameMissing, $"<domain><checkpoints>{Good}</checkpoints></domain>", "missing name information")]
    [InlineData(Rule.XmlMalformed, $"<checkpoints>{Good}", "(checkpoints):1: ")]
    [InlineData(Rule.XmlMalformed, $"<checkpoints>{Good}</checkpoints>x", "(checkpoints):1: ")]
    [InlineData(Rule.XmlMalformed, $"<checkpoints>{Good}&e;</checkpoints>", "(checkpoints):1: ")]
    [InlineData(Rule.XmlMalformed, "", "(checkpoints):1: ")]
    [InlineData(Rule.XmlInvalidSchema, $"<checkpoints>{Good}<domaincheckpont/></checkpoints>", "")]
    [InlineData(Rule.XmlInvalidSchema, $"<checkpoints>{Good}text</checkpoints>", "")]
    [InlineData(Rule.XmlInvalidSchema, $"<domain><name>d</name><checkpoints>{Good}</checkpoints><checkpoints>{Good}</checkpoints></domain>", "")]
    public void A_document_that_is_no_list_is_refused_whole(Rule rule, string xml, string message)
    {
        var refusal = ListReader.Read(new StringReader(xml)).Refusal;
        Assert.Equal(rule, refusal?.Rule);
        Assert.StartsWith(message, refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_item_too_large_is_refused_while_the_list_may_be_longer()
    {
        var blanks = new string(' ', 1 << 20);
        var small = string.Concat(Enumerable.Repeat(Good + blanks, 20));
        Assert.Equal(20, ListReader.Read(new StringReader($"<checkpoints>{small}</checkpoints>")).Value.Items.Count);
        var large = Good.Replace("<name>", string.Concat(Enumerable.Repeat(blanks, 17)) + "<name>", StringComparison.Ordinal);
        Assert.Equal(Rule.XmlTooLarge, ListReader.Read(new StringReader($"<checkpoints>{large}</checkpoints>")).Refusal?.Rule);
    }

    [Fact]
    public void A_long_list_is_not_held_and_its_equal_definitions_are_held_once()
    {
        const int count = 20_000;
        var domain = $"<domain><name>d</name><metadata>{new string('x', 4000)}</metadata></domain>";
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var read = ListReader.Read(new Repeated("<checkpoints>", Good.Replace("</creationTime>", "</creationTime>" + domain, StringComparison.Ordinal), count, "</checkpoints>")).Value;
        Assert.Equal(count, read.Items.Count);
        // Of 160 MB of text; the bound has room for what tests beside this one hold meanwhile.
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 80_000_000);
        Assert.Same(read.Items[0].Read.Value.Definition, read.Items[^1].Read.Value.Definition);
    }

    /// <summary>A long text that is nowhere whole.</summary>
    private sealed class Repeated(string start, string item, int count, string end) : TextReader
    {
        private string part = start;
        private int at;
        private int given;

        public override int Read(char[] buffer, int index, int length)
        {
            if (at == part.Length && given <= count)
                (part, at, given) = (given == count ? end : item, 0, given + 1);
            var taken = Math.Min(length, part.Length - at);
            part.CopyTo(at, buffer, index, taken);
            at += taken;
            return taken;
        }
    }

    [Fact]
    public void An_empty_list_says_that_nothing_is_current() =>
        Assert.Equal("<domain><name>d</name>\n  <checkpoints>\n  </checkpoints>\n</domain>\n", Written([], "<domain><name>d</name>\n</domain>", null, null));

    private static string Written(IEnumerable<Checkpoint> checkpoints, string? around, string? inside, MomentName? current)
    {
        var text = new StringWriter();
        BulkWriter.WriteStart(text, around, current);
        foreach (var checkpoint in checkpoints)
            BulkWriter.WriteItem(text, checkpoint, inside, around is null ? 2 : 4);
        BulkWriter.WriteEnd(text, around);
        return text.ToString();
    }
}
