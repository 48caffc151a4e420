using System.Xml;
using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>One checkpoint's XML: reading it, and reading and writing it. The size is that of its <c>&lt;domain&gt;</c>, in characters.</summary>
internal static class OneXml
{
    private const int Times = 200;

    public static async Task RunAsync(Bench bench)
    {
        var rounds = bench.Settings.RoundsOf(20, 50);
        int[] lengths = [DomainXml.Usual, DomainXml.Large];
        await bench.MeasureAsync(new Track("xml/read", "XmlReader reading it", new Goals(Ratio: 2, Held: 9), [.. lengths.Select(length => Case(length, Read, Scan))]), rounds);
        await bench.MeasureAsync(
            new Track("xml/read-write", "XmlReader to XmlWriter", new Goals(Ratio: 2), [.. lengths.Select(length => Case(length, ReadWrite, Copy))]), rounds);
    }

    private static Case Case(int length, Func<string, long> subject, Func<string, long> yardstick)
    {
        using var text = new StringWriter();
        CheckpointWriter.Write(text, CheckpointList.At(10), DomainXml.Of(new DomainId(Guid.NewGuid()), "web", 0, length));
        var xml = text.ToString();
        return new Case(length, new Operation(() => Task.FromResult(subject(xml)), Times: Times), new Operation(() => Task.FromResult(yardstick(xml)), Times: Times));
    }

    private static long Read(string xml) => CheckpointReader.ReadRedefine(xml).Refusal is null ? xml.Length : 0;

    private static long Scan(string xml)
    {
        using var reader = XmlReader.Create(new StringReader(xml));
        while (reader.Read())
        {
        }

        return xml.Length;
    }

    private static long ReadWrite(string xml)
    {
        var read = CheckpointReader.ReadRedefine(xml).Value;
        using var output = new StringWriter();
        var disks = read.Disks.Select(disk => new CheckpointDisk(disk.Name, disk.Mode ?? DiskMode.Bitmap, disk.Bitmap)).ToArray();
        CheckpointWriter.Write(output, new Checkpoint(read.Name, read.Description, read.Parent, read.CreationTime, disks, null), read.Definition!.Xml);
        return output.ToString().Length;
    }

    private static long Copy(string xml)
    {
        using var reader = XmlReader.Create(new StringReader(xml));
        using var output = new StringWriter();
        using (var writer = XmlWriter.Create(output)) writer.WriteNode(reader, defattr: false);
        return output.ToString().Length;
    }
}
