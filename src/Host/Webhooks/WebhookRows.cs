using System.Text.Json;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>A webhook as its owner sees it.</summary>
/// <param name="Position">Everything up to this sequence is delivered or given up, 20 digits.</param>
/// <param name="Behind">How many sequences there are behind it, of all domains and types.</param>
/// <param name="Oldest">When the first event behind it was recorded; null where there is none.</param>
/// <param name="Waiting">Domains with events on their way.</param>
/// <param name="Failing">Those of them whose next event failed at least once.</param>
/// <param name="NextAttempt">The soonest of those; null where nothing failed.</param>
/// <param name="DeadLetters">Events that were given up.</param>
public sealed record WebhookView(
    Guid Id, string Url, string? Description, FeedFilter Filter, string State, string? StateReason, string Position, long Behind, DateTimeOffset? Oldest, long Waiting, long Failing,
    DateTimeOffset? NextAttempt, long DeadLetters, DateTimeOffset Created, string? CreatedBy);

/// <summary>Table webhooks, to be read.</summary>
public sealed class WebhookRows(NpgsqlDataSource database)
{
    /// <summary>Those that are to be delivered to, with their revisions.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> ActiveAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select id, revision from {Schema.Name}.webhooks where tenant_id = $1 and state = '{WebhookStates.Active}'");
        command.Parameters.AddWithValue(Schema.Tenant);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var active = new Dictionary<Guid, long>();
        while (await row.ReadAsync(cancellation)) active.Add(row.GetGuid(0), row.GetInt64(1));
        return active;
    }

    /// <summary>Null where there is none of that id.</summary>
    public async Task<Webhook?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"""
            select url, description, filter::text, secret, old_secret, old_secret_until, state, state_reason, position, not_before, revision
            from {Schema.Name}.webhooks where tenant_id = $1 and id = $2
            """);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(id);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var secrets = new List<SigningSecret> { new(WebhookSecret.Parse(row.GetString(3))) };
        if (Text(row, 4) is { } old) secrets.Add(new SigningSecret(WebhookSecret.Parse(old), Time(row, 5)));
        return new Webhook(
            id, new Uri(row.GetString(0)), Text(row, 1), JsonSerializer.Deserialize<FeedFilter>(row.GetString(2), Wire.Options)!, secrets, row.GetString(6), Text(row, 7), row.GetInt64(8), Time(row, 9),
            row.GetInt64(10));
    }

    /// <param name="reach">How far the feed can be read now.</param>
    /// <param name="id">Only this one; null: all, in the order they were made.</param>
    public async Task<IReadOnlyList<WebhookView>> ViewAsync(long reach, Guid? id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"""
            select w.id, w.url, w.description, w.filter::text, w.state, w.state_reason, p.position, e.timestamp, l.waiting, l.failing, l.due, d.dead, w.created, w.created_by
            from {Schema.Name}.webhooks w
            cross join lateral (
                select count(*) as waiting, count(*) filter (where attempts > 0) as failing, min(due) as due, min(position) as position
                from {Schema.Name}.webhook_lanes l where l.tenant_id = w.tenant_id and l.webhook = w.id) l
            cross join lateral (select least(w.position, l.position) as position) p
            cross join lateral (select count(*) as dead from {Schema.Name}.webhook_dead_letters d where d.tenant_id = w.tenant_id and d.webhook = w.id) d
            left join lateral (select e.timestamp from {Schema.Name}.mt_events e where e.seq_id > p.position and e.seq_id <= $2 order by e.seq_id limit 1) e on true
            where w.tenant_id = $1 and ($3::uuid is null or w.id = $3)
            order by w.created, w.id
            """);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(reach);
        command.Parameters.AddWithValue(NpgsqlTypes.NpgsqlDbType.Uuid, id is { } one ? one : DBNull.Value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var found = new List<WebhookView>();
        while (await row.ReadAsync(cancellation))
        {
            found.Add(new WebhookView(
                row.GetGuid(0), row.GetString(1), Text(row, 2), JsonSerializer.Deserialize<FeedFilter>(row.GetString(3), Wire.Options)!, row.GetString(4), Text(row, 5),
                Sequence.Text(row.GetInt64(6)), Math.Max(0, reach - row.GetInt64(6)), Time(row, 7), row.GetInt64(8), row.GetInt64(9), Time(row, 10), row.GetInt64(11),
                row.GetFieldValue<DateTimeOffset>(12), Text(row, 13)));
        }

        return found;
    }

    internal static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
