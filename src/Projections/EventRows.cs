using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EventCheckpoints.Domain;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>
/// Events with what they found before them, out of the database. What an event ended is the row whose to_version is the event's version, so the cost
/// goes with the events asked for, not with the history's length.
/// </summary>
/// <param name="names">The stored name of each event.</param>
public sealed class EventRows(NpgsqlDataSource database, IReadOnlyDictionary<Type, string> names)
{
    /// <summary>What Marten leaves for an append that failed: no event of ours.</summary>
    internal const string NotTombstone = "e.type <> 'tombstone'";

    /// <summary>The name in the event's data, if any, is a checkpoint's.</summary>
    internal const string AboutCheckpoint = "(e.type like '%checkpoint%' or e.type like 'hold%')";

    private const string EvidenceColumns = "e.id, e.data::text, e.headers::text, l.entry, encode(l.hash, 'base64'), e.is_archived";

    private static readonly IReadOnlyDictionary<string, string?[]> NoValues = new Dictionary<string, string?[]>();

    private readonly Dictionary<string, Type> _types = names.ToDictionary(name => name.Value, name => name.Key);

    /// <summary>The stored names of all events.</summary>
    public IReadOnlyCollection<string> Types => _types.Keys;

    /// <summary>One record for each event, as they come from the database.</summary>
    /// <param name="events">A query of whole rows of mt_events.</param>
    /// <param name="evidence">Whether each comes with what its entry in the log is made of.</param>
    /// <param name="order">What to order them by, such as "e.seq_id".</param>
    internal async IAsyncEnumerable<HistoryRecord> ReadAsync(
        string events, string order, IEnumerable<NpgsqlParameter> parameters, [EnumeratorCancellation] CancellationToken cancellation, bool evidence = false)
    {
        await using var command = database.CreateCommand(
            $"""
            select e.seq_id, e.stream_id, e.version, e.type, (e.data - 'xml')::text, e.timestamp, e.correlation_id, e.causation_id,
                e.headers->>'actor', e.headers->>'source', e.headers->>'reason', e.headers->>'occurred',
                b.name, b.parent, b.description, b.creation_time, b.disks, b.definition,
                c.name, life.began, named.value, changed.fields::text, e.headers->>'address', e.headers->>'authentication', e.headers->>'software',
                e.data->>'domain', l.index, {(evidence ? EvidenceColumns : "null")}
            from ({events}) e
            left join {Schema.Name}.log_entries l on l.sequence = e.seq_id
            cross join lateral (select coalesce(case when {AboutCheckpoint} then e.data->>'name' end, e.data->>'checkpoint') as name) c
            left join lateral (
                select * from {Schema.Name}.checkpoint_states s
                where s.tenant_id = e.tenant_id and s.domain_id = e.stream_id and s.name = c.name and s.from_version < e.version
                order by s.from_version desc limit 1) b on b.to_version = e.version
            left join lateral (
                select s.began from {Schema.Name}.checkpoint_states s
                where s.tenant_id = e.tenant_id and s.domain_id = e.stream_id and s.name = c.name and s.from_version <= e.version
                order by s.from_version desc limit 1) life on true
            left join lateral (
                select v.value from {Schema.Name}.domain_values v
                where v.tenant_id = e.tenant_id and v.domain_id = e.stream_id and v.field = 'name' and v.from_version <= e.version and v.value is not null
                order by v.from_version desc limit 1) named on true
            cross join lateral (
                select jsonb_object_agg(v.field, jsonb_build_array(
                    (select p.value from {Schema.Name}.domain_values p
                     where p.tenant_id = v.tenant_id and p.domain_id = v.domain_id and p.field = v.field and p.from_version < v.from_version
                     order by p.from_version desc limit 1),
                    v.value)) as fields
                from {Schema.Name}.domain_values v
                where v.tenant_id = e.tenant_id and v.domain_id = e.stream_id and v.field in ('name', 'definition', 'current', 'host', 'hostDisks') and v.from_version = e.version) changed
            order by {order}
            """);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) yield return Read(row);
    }

    private HistoryRecord Read(NpgsqlDataReader row)
    {
        var type = row.GetString(3);
        var checkpoint = Text(row, 18);
        var (happened, unreadable) = Payload(type, row.GetString(4));
        var audit = happened as AuditRecord;
        IReadOnlyList<FieldChange> changes = [];
        if (happened is DomainEvent ofDomain)
        {
            var values = Text(row, 21) is { } fields ? JsonSerializer.Deserialize<Dictionary<string, string?[]>>(fields)! : NoValues;
            if (FieldChanges.Fits(ofDomain, Before(row))) changes = FieldChanges.Of(ofDomain, Before(row), values);
            else unreadable = "there is no state of the checkpoint that it could have changed";
        }

        return new HistoryRecord(
            Sequence.Text(row.GetInt64(0)),
            audit is null ? new DomainId(row.GetGuid(1)) : Guid.TryParse(Text(row, 25), out var about) ? new DomainId(about) : null,
            Text(row, 20) is { } name ? DomainName.Trusted(name) : null,
            row.GetInt64(2),
            type,
            checkpoint is null ? null : MomentName.Trusted(checkpoint),
            checkpoint is null || row.IsDBNull(19) ? null : string.Create(CultureInfo.InvariantCulture, $"{checkpoint}@{row.GetInt64(19)}"),
            Outcomes.Of(type),
            unreadable is not null ? new Asked(null, null, unreadable) : audit is null ? null : Asked.Of(audit),
            changes,
            Text(row, 8),
            Text(row, 9),
            Text(row, 10),
            Text(row, 6),
            Text(row, 7),
            DateTimeOffset.TryParse(Text(row, 11), CultureInfo.InvariantCulture, out var occurred) ? occurred : null,
            row.GetFieldValue<DateTimeOffset>(5),
            Text(row, 22),
            Text(row, 23),
            Text(row, 24),
            row.IsDBNull(26) ? null : row.GetInt64(26),
            row.FieldCount == 28 ? null : new Evidence(row.GetGuid(27), row.GetGuid(1), row.GetString(28), Text(row, 29), Text(row, 30), Text(row, 31), row.GetBoolean(32)));
    }

    /// <summary>
    /// The payload, or why it is none. One that was tampered with is shown as that, with the rest of its record: whoever looks for it has to see it, and those around it.
    /// </summary>
    private (object? Happened, string? Unreadable) Payload(string type, string json)
    {
        if (!_types.TryGetValue(type, out var known)) return (null, $"this version of the software knows no event of type {type}");
        try
        {
            var happened = JsonSerializer.Deserialize(json, known, Wire.Options);
            return (happened, happened is null ? "its payload is null" : null);
        }
        catch (JsonException e)
        {
            return (null, $"its payload cannot be read: {e.Message}");
        }
    }

    private static Checkpoint? Before(NpgsqlDataReader row) => row.IsDBNull(12) ? null : new Checkpoint(
        MomentName.Trusted(row.GetString(12)),
        Text(row, 14),
        Text(row, 13) is { } parent ? MomentName.Trusted(parent) : null,
        new CreationTime(row.GetInt64(15)),
        JsonSerializer.Deserialize<CheckpointDisk[]>(row.GetString(16), Wire.Options)!,
        Text(row, 17) is { } hash ? DefinitionHash.Trusted(hash) : null);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>A place in the order of all events, as 20 digits.</summary>
public static class Sequence
{
    public static string Text(long sequence) => sequence.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>Reads it with or without leading zeros.</summary>
    public static bool TryParse(string text, out long sequence) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
}
