using EventCheckpoints.Domain.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Verify;

/// <summary>The records of an export against the log's entries of them. What one finding means, the others may say: so they are explained at the end.</summary>
internal sealed class RecordComparison
{
    /// <summary>Streams that were compacted, and up to which version.</summary>
    private readonly Dictionary<string, long> _compacted = [];

    /// <summary>Which event the log has in the place of which, by the sequence of the place.</summary>
    private readonly Dictionary<string, (LogEntry Then, LogEntry Now)> _displaced = [];

    /// <param name="text">The log's entry of it.</param>
    public IEnumerable<Finding> Of(HistoryRecord record, Evidence evidence, string text)
    {
        Finding Found(string kind, string says) => new(kind, record.Sequence, record.Domain?.ToString(), says);
        var now = RecordCheck.EntryOf(record, evidence);
        if (now.Text() == text) return RecordCheck.Differences(record, evidence).Select(says => Found("edited", says));
        if (!LogEntry.TryParse(text, out var then)) return [Found("rewritten", "its entry in the log is no entry")];
        if (RecordCheck.IsCompacted(record, now, then))
        {
            _compacted[evidence.Stream.ToString()] = record.Version;
            return [Found("compacted", $"the events of its stream up to version {record.Version} were put together into this one")];
        }

        if (then.Id != now.Id)
        {
            _displaced[record.Sequence] = (then, now);
            return [Found("reordered", $"the log has event {then.Id} ({then.Type}) in its place, and this is {now.Id}")];
        }

        return RecordCheck.IsMasked(record, evidence, then)
            ? [Found("masked", "its payload was masked since; what else the entry says of it holds"), .. RecordCheck.Differences(record, evidence).Select(says => Found("edited", says))]
            : [Found("edited", $"its {RecordCheck.Changed(then, now)} is not what was recorded")];
    }

    public IReadOnlyList<Finding> Explained(IEnumerable<Finding> findings)
    {
        var moved = _displaced.Values.Select(displaced => displaced.Then.Id).ToHashSet();
        return [.. findings.Select(finding => finding switch
        {
            // What is missing from a stream that was compacted is missing because of that.
            { Kind: "missing", Version: { } version, Domain: { } stream } when _compacted.TryGetValue(stream, out var upTo) && version < upTo => finding with { Kind = "compacted" },
            // An event that the log knows nowhere has not been moved.
            { Kind: "reordered", Sequence: { } at } when _displaced[at] is var (then, now) && !moved.Contains(now.Id) =>
                finding with { Kind = "edited", Says = $"it stands in the place of event {then.Id} ({then.Type}, version {then.Version})" },
            _ => finding,
        })];
    }
}
