using EventCheckpoints.Domain;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>An attempt in the delivery log.</summary>
/// <param name="Number">Its place in the log.</param>
/// <param name="Sequence">Of the event, 20 digits; zeros for a test.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Outcome">delivered; failed: it is tried again; dead: it was given up.</param>
/// <param name="Status">HTTP's; null where no answer came.</param>
public sealed record DeliveryView(long Number, string Sequence, int Attempt, DateTimeOffset Attempted, string Outcome, int? Status, string? Error, int Milliseconds);

/// <summary>An event that was given up.</summary>
public sealed record DeadLetterView(string Sequence, DomainId Domain, int Attempts, DateTimeOffset GivenUp, int? Status, string? Error);

/// <summary>What one attempt came to that somebody asked for.</summary>
public sealed record AttemptView(bool Delivered, int? Status, string? Error, int Milliseconds);

/// <summary>What came of deliveries, and single ones on demand: a test, or a dead letter once more.</summary>
public sealed class WebhookDeliveries(NpgsqlDataSource database, IMediator mediator, WebhookSender sender)
{
    /// <param name="before">Only what has a lower number; the newest come first.</param>
    public Task<List<DeliveryView>> LogAsync(Guid webhook, long before, int limit, CancellationToken cancellation) => ReadAsync(
        $"""
        select number, sequence, attempt, attempted, outcome, status, error, milliseconds from {Schema.Name}.webhook_deliveries
        where tenant_id = $1 and webhook = $2 and number < $3 order by number desc limit $4
        """,
        row => new DeliveryView(
            row.GetInt64(0), Sequence.Text(row.GetInt64(1)), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3), row.GetString(4), Number(row, 5), WebhookRows.Text(row, 6), row.GetInt32(7)),
        webhook, before, limit, cancellation);

    /// <param name="after">Only later ones; the oldest come first.</param>
    public Task<List<DeadLetterView>> DeadLettersAsync(Guid webhook, long after, int limit, CancellationToken cancellation) => ReadAsync(
        $"""
        select sequence, domain_id, attempts, given_up, status, error from {Schema.Name}.webhook_dead_letters
        where tenant_id = $1 and webhook = $2 and sequence > $3 order by sequence limit $4
        """,
        row => new DeadLetterView(
            Sequence.Text(row.GetInt64(0)), new DomainId(row.GetGuid(1)), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3), Number(row, 4), WebhookRows.Text(row, 5)),
        webhook, after, limit, cancellation);

    /// <summary>A message that is none of the events, sent once.</summary>
    public async Task<AttemptView> TestAsync(Webhook webhook, DateTimeOffset now, CancellationToken cancellation)
    {
        var id = Guid.CreateVersion7();
        var attempt = await sender.SendAsync(webhook, id.ToString(), CloudEvents.Test(id, webhook.Id, now), cancellation);
        await LogAsync(webhook, 0, attempt, cancellation);
        return View(attempt);
    }

    /// <summary>A dead letter, sent once more; it is none any longer if that succeeds. What came later in its domain has been sent before it.</summary>
    /// <returns>Null where there is no such dead letter.</returns>
    public async Task<AttemptView?> ReplayAsync(Webhook webhook, long sequence, CancellationToken cancellation)
    {
        if ((await DeadLettersAsync(webhook.Id, sequence - 1, 1, cancellation)).SingleOrDefault()?.Sequence != Sequence.Text(sequence)) return null;
        var page = await mediator.Send(new ReadFeed(new FeedFilter(), sequence - 1, sequence, 1), cancellation);
        if (page.Events is not [var happened]) return null;
        var attempt = await sender.SendAsync(webhook, happened.Id.ToString(), CloudEvents.Json(happened), cancellation);
        await LogAsync(webhook, sequence, attempt, cancellation);
        if (attempt.IsDelivered)
        {
            await using var command = database.CreateCommand($"delete from {Schema.Name}.webhook_dead_letters where tenant_id = $1 and webhook = $2 and sequence = $3");
            foreach (object value in (object[])[Schema.Tenant, webhook.Id, sequence]) command.Parameters.AddWithValue(value);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        return View(attempt);
    }

    private async Task LogAsync(Webhook webhook, long sequence, Attempt attempt, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(WebhookLanes.Log(webhook, sequence, 1, attempt, attempt.IsDelivered ? "delivered" : "failed"));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, Guid webhook, long from, int limit, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        foreach (object value in (object[])[Schema.Tenant, webhook, from, limit]) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await row.ReadAsync(cancellation)) found.Add(read(row));
        return found;
    }

    private static AttemptView View(Attempt attempt) => new(attempt.IsDelivered, attempt.Status, attempt.Error, (int)attempt.Took.TotalMilliseconds);

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
}
