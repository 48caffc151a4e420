using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>What an export says of itself at its end: one that lacks it, or counts otherwise, is not whole.</summary>
/// <param name="Count">How many records came before.</param>
/// <param name="First">The sequence of the first one; null without any.</param>
/// <param name="Through">Every event up to this sequence was looked at.</param>
internal sealed record Completeness(long Count, string? First, string? Last, string Through)
{
    public static Completeness Nothing(long through) => new(0, null, null, Sequence.Text(through));

    public Completeness And(HistoryRecord record) => this with { Count = Count + 1, First = First ?? record.Sequence, Last = record.Sequence };
}
