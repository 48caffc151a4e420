using CsCheck;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

public sealed class CheckpointWriterTests
{
    [Fact]
    public void The_order_indentation_and_escaping_are_libvirts()
    {
        var checkpoint = new Checkpoint(
            MomentName.Trusted("c"), "a<b>&\"'\r\nx", MomentName.Trusted("p"), new CreationTime(5), [new("vda", DiskMode.Bitmap, "b\n'"), new("vdb", DiskMode.No, null)], null);
        Assert.Equal(
            """
            <domaincheckpoint>
              <name>c</name>
              <description>a&lt;b&gt;&amp;&quot;&apos;&#13;
            x</description>
              <parent>
                <name>p</name>
              </parent>
              <creationTime>5</creationTime>
              <disks>
                <disk name='vda' checkpoint='bitmap' bitmap='b&#10;&apos;'/>
                <disk name='vdb' checkpoint='no'/>
              </disks>
              <domain>
            </domain>
            </domaincheckpoint>

            """,
            Written(checkpoint, "<domain>\n</domain>"));
        Assert.Equal("<domaincheckpoint>\n  <name>c</name>\n</domaincheckpoint>\n", Written(new Checkpoint(MomentName.Trusted("c"), null, null, default, [], null)));
    }

    [Fact]
    public void What_is_written_reads_back_the_same() => Gen.Select(Any.Checkpoint, Any.Domain, Gen.Int[0, 6]).Sample((checkpoint, domain, indent) =>
    {
        var read = CheckpointReader.ReadRedefine(Written(checkpoint, domain, indent)).Value;
        return checkpoint.Equals(Checkpoint(read)) && read.Definition?.Xml == domain;
    });

    [Fact]
    public void What_is_written_follows_libvirts_schema()
    {
        if (!Virsh.Installed("xmllint"))
            Assert.Skip("xmllint is not installed (apt install libxml2-utils)");
        const string schema = "/usr/share/libvirt/schemas/domaincheckpoint.rng";
        if (!File.Exists(schema))
            Assert.Skip("libvirt's schemas are not installed (apt install libvirt0)");
        using var files = new Files();
        var paths = Any.Checkpoint.Array[300].Single().Select(checkpoint => files.Add(Written(checkpoint))).ToArray();
        var (exitCode, output) = Virsh.Execute("/bin/sh", ["-c", "exec xmllint --noout --relaxng \"$@\" 2>&1", "xmllint", schema, .. paths]);
        Assert.True(exitCode == 0, string.Join('\n', output.Split('\n').Where(line => !line.EndsWith("validates", StringComparison.Ordinal)).Take(5)));
    }

    [Fact]
    public void What_is_written_virsh_takes_and_gives_back()
    {
        Virsh.Need();
        using var files = new Files();
        var checkpoints = Any.Checkpoint.Array[300].Single().Select(checkpoint => checkpoint with { Parent = null }).ToArray();
        var answers = Virsh.Run(Virsh.Node, [.. checkpoints.Select(checkpoint =>
            $"checkpoint-create multi {files.Add(Written(checkpoint))} --redefine; checkpoint-dumpxml multi --checkpointname={checkpoint.Name}; checkpoint-delete multi --checkpointname={checkpoint.Name}")]);
        foreach (var (checkpoint, answer) in checkpoints.Zip(answers))
            Assert.Equal(answer, Raw(Written(checkpoint)));
    }

    /// <summary>As libvirt writes the characters that we write as references.</summary>
    private static string Raw(string xml) => xml.Replace("&#9;", "\t", StringComparison.Ordinal).Replace("&#10;", "\n", StringComparison.Ordinal).Replace("&#13;", "\r", StringComparison.Ordinal);

    private static Checkpoint Checkpoint(RedefineXml xml) =>
        new(xml.Name, xml.Description, xml.Parent, xml.CreationTime, DiskAlignment.AsListed(xml.Disks, xml.Name), null);

    private static string Written(Checkpoint checkpoint, string? domainXml = null, int indent = 0)
    {
        var text = new StringWriter();
        CheckpointWriter.Write(text, checkpoint, domainXml, indent);
        return text.ToString();
    }
}
