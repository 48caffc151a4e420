using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks.Corpus;

/// <summary>A list of checkpoints to import: a tree in which each has two children, every one with its own <c>&lt;domain&gt;</c>.</summary>
/// <param name="Same">So many in a row share one definition, as checkpoints do between two changes of a domain.</param>
/// <param name="Length">Characters of each <c>&lt;domain&gt;</c>.</param>
/// <param name="First">How many of the tree came before, in other lists.</param>
internal sealed record CheckpointList(int Count, int Same = 100, int Length = DomainXml.Usual, int First = 0)
{
    private const long Noon = 1_700_000_000;

    /// <summary>Writes the list for a domain to a file, as a dump has it.</summary>
    public void Write(string file, DomainId domain, string domainName)
    {
        using var output = new StreamWriter(file);
        BulkWriter.WriteStart(output, null, NameOf(First + Count - 1));
        var xml = "";
        for (var i = First; i < First + Count; i++)
        {
            if (i == First || i % Same == 0) xml = DomainXml.Of(domain, domainName, i / Same, Length);
            BulkWriter.WriteItem(output, At(i), xml, 2);
        }

        BulkWriter.WriteEnd(output, null);
    }

    public static Checkpoint At(int i) => new(
        NameOf(i),
        i % 10 == 0 ? "before the nightly backup" : null,
        i == 0 ? null : NameOf((i - 1) / 2),
        new CreationTime(Noon + i),
        [new CheckpointDisk("vda", DiskMode.Bitmap, NameOf(i).Value), new CheckpointDisk("vdb", DiskMode.Bitmap, NameOf(i).Value)],
        null);

    private static MomentName NameOf(int i) => MomentName.Trusted(string.Create(CultureInfo.InvariantCulture, $"backup-{i:000000}"));
}
