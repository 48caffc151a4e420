using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>What an export says of itself at its end: one that lacks it, or counts otherwise, is not whole.</summary>
/// <param name="Count">How many records came before.</param>
/// <param name="First">The sequence of the first one; null without any.</param>
/// <param name="Through">Every event up to this sequence was looked at.</param>
/// <param name="Filtered">Whether a filter left records out. One that is not filtered has every entry of the log.</param>
/// <param name="TreeSize">How many entries the log had.</param>
/// <param name="RootHash">Of the log's tree at that size, in base64; null where the log is at fault.</param>
/// <param name="Checkpoint">The signed checkpoint of that size, or the last before it; null where nothing is signed.</param>
/// <param name="Fault">What is wrong with the log itself; null where nothing is known to be.</param>
internal sealed record Completeness(
    long Count, string? First, string? Last, string Through, bool Filtered, long TreeSize, string? RootHash, string? Checkpoint, string? Fault)
{
    public Completeness And(HistoryRecord record) => this with { Count = Count + 1, First = First ?? record.Sequence, Last = record.Sequence };
}

/// <summary>An export with what is said at its end, but for the count.</summary>
/// <param name="Begins">Where it begins, if not at the beginning of the log.</param>
/// <param name="Missing">Entries of the log whose events are gone; none of a filtered export.</param>
internal sealed record ClaimedExport(AuditExport Records, Beginning? Begins, IReadOnlyList<MissingEvent> Missing, Completeness Claim);

/// <summary>The log before an export that goes on from an earlier one.</summary>
/// <param name="Size">How many entries came before.</param>
/// <param name="Subtrees">The roots of their perfect subtrees, from left to right, in base64: with them the tree is gone on with.</param>
internal sealed record Beginning(long Size, IReadOnlyList<string> Subtrees);
