using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Marten;
using Npgsql;
using SessionOptions = Marten.Services.SessionOptions;

namespace EventCheckpoints.Host;

/// <summary>
/// Makes all rows again from the events, in one transaction: who reads meanwhile sees the old ones or waits, never half. Writers wait. Not Marten's
/// daemon, which would delete by document types and rebuild in many transactions; the projection it runs is the same.
/// </summary>
public static class Rebuild
{
    public const int PageSize = 10_000;

    /// <returns>How many events were read.</returns>
    /// <param name="pageSize">How many are read at a time; the rows are the same with any.</param>
    public static async Task<long> RunAsync(IDocumentStore store, NpgsqlDataSource database, CancellationToken cancellation, int pageSize = PageSize)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var clear = new NpgsqlCommand(
            $"""
            lock table {Schema.Name}.mt_streams in share row exclusive mode;
            truncate {Schema.Name}.checkpoint_states, {Schema.Name}.domain_values, {Schema.Name}.definitions, {Schema.Name}.domains, {Schema.Name}.domain_states, {Schema.Name}.holds, {Schema.Name}.checkpoint_marks
            """,
            connection,
            transaction))
        {
            await clear.ExecuteNonQueryAsync(cancellation);
        }

        var projection = new StateProjection(replay: true);
        long read = 0;
        for (long position = 0; ;)
        {
            var options = SessionOptions.ForTransaction(transaction);
            options.TenantId = Schema.Tenant;
            await using var session = store.LightweightSession(options);
            var page = await session.Events.QueryAllRawEvents()
                .Where(e => e.Sequence > position).OrderBy(e => e.Sequence).Take(pageSize).ToListAsync(cancellation);
            if (page.Count == 0) break;
            position = page[^1].Sequence;
            var ours = page.Where(e => e.Data is DomainEvent).ToArray();
            await projection.ApplyAsync(session, ours, cancellation);
            await session.SaveChangesAsync(cancellation);
            read += ours.Length;
        }

        await transaction.CommitAsync(cancellation);
        return read;
    }

    /// <exception cref="StartupException">A migration added a table that only a rebuild fills.</exception>
    public static async Task CheckAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"""
            select exists (select from {Schema.Name}.domains)
                and not (exists (select from {Schema.Name}.domain_states) and exists (select from {Schema.Name}.domain_values))
            """);
        if (await command.ExecuteScalarAsync(cancellation) is true)
            throw new StartupException("The database's rows are of an older eventcheckpoints: run `eventcheckpoints rebuild` once, which makes them again from the events.");
    }
}
