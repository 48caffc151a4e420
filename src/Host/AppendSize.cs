using System.Text;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host;

/// <summary>PostgreSQL takes no message of a gigabyte (MaxAllocSize), and all that one command appends is one message: so it is refused before it is sent.</summary>
internal static class AppendSize
{
    /// <summary>In bytes, with room for what JSON escapes.</summary>
    private const long Most = 768L << 20;

    /// <summary>What an event takes beside its long texts, its metadata included.</summary>
    private const int Usual = 1_000;

    public static Refusal? Check(IReadOnlyList<DomainEvent> events, long most = Most)
    {
        var bytes = events.Sum(happened => Usual + (long)Encoding.UTF8.GetByteCount(LongText(happened) ?? ""));
        return bytes <= most ? null : new Refusal(
            Rule.XmlTooLarge, $"this adds about {bytes >> 20} MiB at once, and {most >> 20} MiB can be added: give it in parts, each merged with what is there");
    }

    private static string? LongText(DomainEvent happened) => happened switch
    {
        DefinitionRecorded recorded => recorded.Xml,
        CheckpointCreated created => created.Description,
        CheckpointRedefined redefined => redefined.Description,
        _ => null,
    };
}
