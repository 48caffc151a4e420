using EventCheckpoints.Domain.Log;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>What the log has to say of an event, made from the event's row as it is.</summary>
public static class LogRows
{
    public const string NotTombstone = EventRows.NotTombstone;

    /// <summary>The columns that <see cref="Read"/> wants, of mt_events as e. The payload's hash is the database's, so that large texts stay there.</summary>
    public const string Select =
        $"""
        select e.seq_id, e.id, e.stream_id, e.version, e.type, e.timestamp, e.headers->>'occurred', e.headers->>'actor',
            encode(sha256(convert_to(e.data::text, 'UTF8')), 'hex'), e.headers::text, e.correlation_id, e.causation_id
        from {Schema.Name}.mt_events e
        """;

    public static LogEntry Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetGuid(1),
        row.GetGuid(2),
        row.GetInt64(3),
        row.GetString(4),
        row.GetFieldValue<DateTimeOffset>(5),
        Text(row, 6),
        Text(row, 7),
        row.GetString(8),
        LogEntry.HashOfMetadata(Text(row, 9), Text(row, 10), Text(row, 11)));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
