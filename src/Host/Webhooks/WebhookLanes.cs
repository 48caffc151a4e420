using EventCheckpoints.Domain;
using EventCheckpoints.Host.Duties;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>
/// How far a webhook is, in tables webhooks and webhook_lanes. What came of an attempt and where to go on from are one transaction; each step holds only where
/// things still are as they were seen.
/// </summary>
/// <remarks>Every transaction locks the webhook's row before any lane, as deleting one does: so none waits for another in a circle, and a webhook that is gone is noticed.</remarks>
public sealed class WebhookLanes(NpgsqlDataSource database)
{
    private const string Mine = "tenant_id = $1 and webhook = $2 and domain_id = $3 and position = $4";

    /// <summary>Of the webhook, before a lane's is touched; none where it was deleted.</summary>
    private const string WebhookKept = $"with kept as (select from {Schema.Name}.webhooks where tenant_id = $1 and id = $2 for key share)";

    public async Task<IReadOnlyList<Lane>> OpenAsync(Webhook of, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select domain_id, position, until, attempts, due from {Schema.Name}.webhook_lanes where tenant_id = $1 and webhook = $2 order by position");
        Add(command.Parameters, Schema.Tenant, of.Id);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var lanes = new List<Lane>();
        while (await row.ReadAsync(cancellation))
            lanes.Add(new Lane(new DomainId(row.GetGuid(0)), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)));
        return lanes;
    }

    /// <summary>Puts events into the lanes of their domains, and moves the webhook on behind them.</summary>
    /// <returns>The lanes that were not there before.</returns>
    public async Task<IReadOnlyList<Lane>> SpreadAsync(Webhook of, long from, FeedPage page, CancellationToken cancellation)
    {
        Lane[] lanes = [.. page.Events.GroupBy(happened => happened.Domain).Select(domain => new Lane(domain.Key, domain.First().Sequence - 1, domain.Last().Sequence))];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var move = new NpgsqlCommand(
            $"update {Schema.Name}.webhooks set position = $5 where tenant_id = $1 and id = $2 and position = $3 and revision = $4 and state = '{WebhookStates.Active}'", connection, transaction))
        {
            Add(move.Parameters, Schema.Tenant, of.Id, from, of.Revision, page.Position);
            if (await move.ExecuteNonQueryAsync(cancellation) == 0) throw new SupersededException($"webhook {of.Id} was changed");
        }

        // Those that were there have somebody at work, who looks again before the lane ends.
        await using var spread = new NpgsqlCommand(
            $"""
            insert into {Schema.Name}.webhook_lanes as lane (tenant_id, webhook, domain_id, position, until)
            select $1, $2, new.domain_id, new.position, new.until from unnest($3::uuid[], $4::bigint[], $5::bigint[]) as new (domain_id, position, until)
            on conflict (tenant_id, webhook, domain_id) do update set until = greatest(lane.until, excluded.until)
            returning domain_id, xmax = 0
            """, connection, transaction);
        Add(spread.Parameters, Schema.Tenant, of.Id, lanes.Select(lane => lane.Domain.Value).ToArray(), lanes.Select(lane => lane.Position).ToArray(), lanes.Select(lane => lane.Until).ToArray());
        var added = new HashSet<Guid>();
        await using (var row = await spread.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
                if (row.GetBoolean(1)) added.Add(row.GetGuid(0));
        }

        await transaction.CommitAsync(cancellation);
        return [.. lanes.Where(lane => added.Contains(lane.Domain.Value))];
    }

    /// <summary>An event was delivered, or is given up: the lane goes on behind it, and ends where there is no more.</summary>
    /// <param name="number">Which attempt it was.</param>
    /// <param name="isDead">Given up.</param>
    /// <returns>The lane as it is now; null where it has ended.</returns>
    public async Task<Lane?> PassAsync(Webhook of, Lane lane, long sequence, int number, Attempt attempt, bool isDead, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var step = new NpgsqlCommand($"{WebhookKept} update {Schema.Name}.webhook_lanes set position = $5, attempts = 0, due = null from kept where {Mine} returning until", connection, transaction);
        Add(step.Parameters, Schema.Tenant, of.Id, lane.Domain.Value, lane.Position, sequence);
        if (await step.ExecuteScalarAsync(cancellation) is not long until) throw Moved(of, lane);
        await using var rest = new NpgsqlBatch(connection, transaction);
        rest.BatchCommands.Add(Log(of, sequence, number, attempt, isDead ? "dead" : "delivered"));
        if (isDead) rest.BatchCommands.Add(Bury(of, lane, sequence, number, attempt));
        // The row is ours until the end of this: nothing can come in between.
        if (until <= sequence) rest.BatchCommands.Add(End(of, lane));
        await rest.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return until <= sequence ? null : new Lane(lane.Domain, sequence, until);
    }

    /// <summary>An attempt failed, and there will be another.</summary>
    public async Task<Lane> FailAsync(Webhook of, Lane lane, long sequence, Attempt attempt, Retry retry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (retry.AllNotBefore is { } pause)
        {
            // What another lane was asked for may be longer.
            await using var hold = new NpgsqlCommand($"update {Schema.Name}.webhooks set not_before = greatest(not_before, $3) where tenant_id = $1 and id = $2", connection, transaction);
            Add(hold.Parameters, Schema.Tenant, of.Id, pause);
            await hold.ExecuteNonQueryAsync(cancellation);
        }

        await using var step = new NpgsqlCommand($"{WebhookKept} update {Schema.Name}.webhook_lanes set attempts = $5, due = $6 from kept where {Mine} returning until", connection, transaction);
        Add(step.Parameters, Schema.Tenant, of.Id, lane.Domain.Value, lane.Position, lane.Attempts + 1, retry.Due);
        if (await step.ExecuteScalarAsync(cancellation) is not long until) throw Moved(of, lane);
        await using var rest = new NpgsqlBatch(connection, transaction) { BatchCommands = { Log(of, sequence, lane.Attempts + 1, attempt, "failed") } };
        await rest.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return lane with { Until = until, Attempts = lane.Attempts + 1, Due = retry.Due };
    }

    /// <summary>Nothing is left of what the lane was for.</summary>
    public async Task EndAsync(Webhook of, Lane lane, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"delete from {Schema.Name}.webhook_lanes where {Mine} and until = $5");
        Add(command.Parameters, Schema.Tenant, of.Id, lane.Domain.Value, lane.Position, lane.Until);
        if (await command.ExecuteNonQueryAsync(cancellation) == 0) throw Moved(of, lane);
    }

    /// <summary>The target is gone: nothing more is sent until somebody says so.</summary>
    public async Task DisableAsync(Webhook of, Lane lane, long sequence, Attempt attempt, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Command(
            $"update {Schema.Name}.webhooks set state = '{WebhookStates.Disabled}', state_reason = $3, revision = revision + 1 where tenant_id = $1 and id = $2 and revision = $4",
            Schema.Tenant, of.Id, attempt.Error!, of.Revision));
        batch.BatchCommands.Add(Log(of, sequence, lane.Attempts + 1, attempt, "failed"));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes back what is older than anybody asks for.</summary>
    public async Task PruneAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"delete from {Schema.Name}.webhook_deliveries where attempted < $1");
        command.Parameters.AddWithValue(before);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Nothing where the webhook was deleted meanwhile, and its log with it.</summary>
    internal static NpgsqlBatchCommand Log(Webhook of, long sequence, int number, Attempt attempt, string outcome) => Command(
        $"""
        insert into {Schema.Name}.webhook_deliveries (tenant_id, webhook, sequence, attempt, attempted, outcome, status, error, milliseconds)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9 from {Schema.Name}.webhooks where tenant_id = $1 and id = $2 for key share
        """,
        Schema.Tenant, of.Id, sequence, number, attempt.At, outcome, Nullable(attempt.Status), Nullable(attempt.Error), (int)attempt.Took.TotalMilliseconds);

    private static NpgsqlBatchCommand Bury(Webhook of, Lane lane, long sequence, int number, Attempt attempt) => Command(
        $"""
        insert into {Schema.Name}.webhook_dead_letters (tenant_id, webhook, sequence, domain_id, attempts, given_up, status, error)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
        """,
        Schema.Tenant, of.Id, sequence, lane.Domain.Value, number, attempt.At, Nullable(attempt.Status), Nullable(attempt.Error));

    private static NpgsqlBatchCommand End(Webhook of, Lane lane) =>
        Command($"delete from {Schema.Name}.webhook_lanes where tenant_id = $1 and webhook = $2 and domain_id = $3", Schema.Tenant, of.Id, lane.Domain.Value);

    private static SupersededException Moved(Webhook of, Lane lane) => new($"domain {lane.Domain} of webhook {of.Id} was moved on by somebody else");

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, values);
        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, params object[] values)
    {
        foreach (var value in values) parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
    }

    private static NpgsqlParameter Nullable(int? number) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer, Value = number is { } given ? given : DBNull.Value };

    private static NpgsqlParameter Nullable(string? text) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = text is { } given ? given : DBNull.Value };
}
