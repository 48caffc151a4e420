using System.Globalization;
using System.Text.Json;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Verify;

/// <summary>One record of an export against its own evidence.</summary>
internal static class RecordCheck
{
    /// <summary>The header that an event has whose payload was erased by law (docs/decisions/0008).</summary>
    private const string Mask = "masked";

    private static readonly Dictionary<string, Type> Types = Store.EventNames.ToDictionary(name => name.Value, name => name.Key);

    /// <summary>The entry that the log would make of the record as it is.</summary>
    public static LogEntry EntryOf(HistoryRecord record, Evidence evidence)
    {
        using var headers = JsonDocument.Parse(evidence.Headers ?? "{}");
        return new LogEntry(
            long.Parse(record.Sequence, NumberStyles.None, CultureInfo.InvariantCulture), evidence.Id, evidence.Stream, record.Version, record.Type, record.Recorded,
            Header(headers, "occurred"), Header(headers, "actor"), LogEntry.HashOf(evidence.Payload),
            LogEntry.HashOfMetadata(evidence.Headers, record.Correlation, record.Causation));
    }

    /// <summary>What the record says and its evidence does not.</summary>
    public static IEnumerable<string> Differences(HistoryRecord record, Evidence evidence)
    {
        using var headers = JsonDocument.Parse(evidence.Headers ?? "{}");
        var occurred = record.Occurred?.ToString("O", CultureInfo.InvariantCulture);
        var header = DateTimeOffset.TryParse(Header(headers, "occurred"), CultureInfo.InvariantCulture, out var time) ? time.ToString("O", CultureInfo.InvariantCulture) : null;
        (string Field, string? Says, string? Is)[] fields =
        [
            ("actor", record.Actor, Header(headers, "actor")),
            ("source", record.Source, Header(headers, "source")),
            ("reason", record.Reason, Header(headers, "reason")),
            ("address", record.Address, Header(headers, "address")),
            ("authentication", record.Authentication, Header(headers, "authentication")),
            ("software", record.Software, Header(headers, "software")),
            ("time of occurrence", occurred, header),
            ("outcome", record.Outcome, Outcomes.Of(record.Type)),
        ];
        foreach (var (field, says, value) in fields)
            if (says != value) yield return $"the export says that its {field} is '{says}', and its headers say '{value}'";
        using var payload = JsonDocument.Parse(evidence.Payload);
        var about = Header(payload, "domain") ?? (record.Asked?.Request is null && record.Type is not ("host_started" or "host_stopped") ? evidence.Stream.ToString() : null);
        if (record.Domain?.ToString() != about) yield return $"the export says that it is about domain '{record.Domain}', and its payload and stream say '{about}'";
        if (record.Checkpoint is { } checkpoint && checkpoint.Value != (Header(payload, "name") ?? Header(payload, "checkpoint")))
            yield return $"the export says that it is about checkpoint '{checkpoint}', and its payload says another";
        if (Types.TryGetValue(record.Type, out var type) && Derivation.Contradiction(record, type, evidence.Payload) is { } made)
            yield return $"the export says of {made} something else than its payload";
    }

    /// <summary>Its payload was erased and it says so, by a header that stands beside it; all else is as the log has it.</summary>
    public static bool IsMasked(HistoryRecord record, Evidence evidence, LogEntry then)
    {
        using var headers = JsonDocument.Parse(evidence.Headers ?? "{}");
        if (headers.RootElement.ValueKind != JsonValueKind.Object || !headers.RootElement.TryGetProperty(Mask, out _)) return false;
        // The other headers as the database writes its jsonb.
        var others = $"{{{string.Join(", ", headers.RootElement.EnumerateObject().Where(header => header.Name != Mask).Select(header => header.ToString()))}}}";
        return EntryOf(record, evidence with { Headers = others }) with { Payload = then.Payload } == then;
    }

    /// <summary>Whether it is what Marten leaves of a stream that it compacted: one event of its own making, at the place that the last one of them had.</summary>
    public static bool IsCompacted(HistoryRecord record, LogEntry now, LogEntry then) =>
        record.Type.StartsWith("Compacted<", StringComparison.Ordinal)
        && now with { Id = then.Id, Type = then.Type, Recorded = then.Recorded, Payload = then.Payload, Metadata = then.Metadata, Actor = then.Actor, Occurred = then.Occurred } == then;

    /// <summary>Which parts of an entry differ, in words.</summary>
    public static string Changed(LogEntry then, LogEntry now)
    {
        (string Part, bool Differs)[] parts =
        [
            ("sequence", then.Sequence != now.Sequence),
            ("stream", then.Stream != now.Stream),
            ("version", then.Version != now.Version),
            ("type", then.Type != now.Type),
            ("recorded time", then.Recorded != now.Recorded),
            ("payload", then.Payload != now.Payload),
            ("metadata (who, why, when it occurred, correlation)", then.Metadata != now.Metadata),
        ];
        return string.Join(" and ", parts.Where(part => part.Differs).Select(part => part.Part));
    }

    private static string? Header(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;
}
