using System.Data;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>
/// How far the order of all events can be read without passing over one that is still to come: sequence numbers are drawn before their transactions
/// commit, so a lower one may appear after a higher one. docs/decisions/0007 has the reasoning.
/// </summary>
public sealed class SafeSequence(NpgsqlDataSource database)
{
    /// <summary>An append takes some milliseconds; one that takes this long is not waited for, but read up to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // Not pg_sequence_last_value: that takes the very lock that is looked for below.
    internal const string Drawn = $"select case when is_called then last_value else 0 end from {Schema.Name}.mt_events_sequence";

    // nextval locks the sequence for its transaction before it draws, and keeps the lock until the transaction has ended, which is when its rows are visible.
    private const string Drawing =
        $"""
        select virtualtransaction from pg_locks
        where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
            and database = (select oid from pg_database where datname = current_database()) and relation = '{Schema.Name}.mt_events_sequence'::regclass
        """;

    // What is in the log was settled for whoever put it there: so a host that has just begun does not stop at a gap of years ago.
    private const string EndOfRun =
        $"""
        with settled as (select greatest($1, (select max(sequence) from {Schema.Name}.log_entries)) as at)
        select coalesce(
            (select previous from (
                select seq_id, lag(seq_id, 1, at) over (order by seq_id) as previous from {Schema.Name}.mt_events, settled where seq_id > at and seq_id <= $2) run
             where seq_id <> previous + 1 order by seq_id limit 1),
            (select max(seq_id) from {Schema.Name}.mt_events, settled where seq_id > at and seq_id <= $2),
            at)
        from settled
        """;

    private long _settled;

    /// <summary>
    /// The highest sequence up to which a statement that begins now sees every event that there will ever be. It never falls. With an append that
    /// takes long it stands still before the first number that is missing.
    /// </summary>
    public async Task<long> ReachAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var look = new NpgsqlBatch(connection) { BatchCommands = { new(Drawn), new(Drawing) } };
        long last;
        HashSet<string> open;
        await using (var row = await look.ExecuteReaderAsync(cancellation)) (last, open) = await LookAsync(row, cancellation);
        return await ReachAsync(connection, last, open, cancellation);
    }

    /// <summary>
    /// The same, with the rows behind a position that was a reach before; without them where an append had to be waited for. Where they follow on it and on each other without a gap they are all there, whatever was drawn
    /// behind them, and nothing else is asked.
    /// </summary>
    /// <param name="read">Makes the statement that reads all rows behind the position, of whatever type, at most so many.</param>
    /// <param name="told">Hears of the reach and of the rows, some perhaps beyond it, before the connection is given back, which takes a round trip of its own; null for the rows where they were read too early.</param>
    public async Task ReachAsync<T>(
        long after, int limit, Func<NpgsqlBatchCommand> read, Func<NpgsqlDataReader, T> row, Func<T, long> sequence, Action<long, IReadOnlyList<T>?> told, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var run = new List<T>();
        await using (var alone = new NpgsqlBatch(connection) { BatchCommands = { read() } })
        await using (var reader = await alone.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation)) run.Add(row(reader));
        }

        // A full page may have more behind it, and who waits for the end is told of the end.
        if (run.Count > 0 && run.Count < limit && sequence(run[^1]) == after + run.Count)
        {
            // Others may have settled more meanwhile, which these rows are not all of.
            Settle(after + run.Count);
            told(after + run.Count, run);
            return;
        }

        // Each statement has a snapshot of its own, whatever the database's default: the one that reads takes it after both looks.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        await using var look = new NpgsqlBatch(connection, transaction) { BatchCommands = { new(Drawn), new(Drawing), read() } };
        long last;
        HashSet<string> open;
        var rows = new List<T>();
        await using (var reader = await look.ExecuteReaderAsync(cancellation))
        {
            (last, open) = await LookAsync(reader, cancellation);
            await reader.NextResultAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) rows.Add(row(reader));
        }

        // What these rows are all of is what was drawn before they were read, though others may have settled more meanwhile.
        var isWhole = open.Count == 0;
        var reach = await ReachAsync(connection, last, open, cancellation);
        told(isWhole ? last : reach, isWhole ? rows : null);
        await transaction.CommitAsync(cancellation);
    }

    // First how many numbers are drawn, then who may have drawn one of them and not ended: the other way round one could slip between.
    private static async Task<(long Last, HashSet<string> Open)> LookAsync(NpgsqlDataReader row, CancellationToken cancellation)
    {
        await row.ReadAsync(cancellation);
        var last = row.GetInt64(0);
        await row.NextResultAsync(cancellation);
        return (last, await TransactionsAsync(row, cancellation));
    }

    private async Task<long> ReachAsync(NpgsqlConnection connection, long last, HashSet<string> open, CancellationToken cancellation)
    {
        if (last <= Volatile.Read(ref _settled)) return last;
        for (var waited = TimeSpan.Zero; open.Count > 0 && waited < Patience; waited += Pause)
        {
            await Task.Delay(Pause, cancellation);
            // Who began to draw since has drawn higher numbers.
            open.IntersectWith(await DrawingAsync(connection, cancellation));
        }

        return Settle(open.Count == 0 ? last : await EndOfRunAsync(connection, last, cancellation));
    }

    private static async Task<HashSet<string>> DrawingAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Drawing, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await TransactionsAsync(row, cancellation);
    }

    private static async Task<HashSet<string>> TransactionsAsync(NpgsqlDataReader row, CancellationToken cancellation)
    {
        var transactions = new HashSet<string>();
        while (await row.ReadAsync(cancellation)) transactions.Add(row.GetString(0));
        return transactions;
    }

    /// <summary>The last of the numbers that follow without a gap on what is settled: those are all there.</summary>
    private async Task<long> EndOfRunAsync(NpgsqlConnection connection, long last, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(EndOfRun, connection);
        command.Parameters.AddWithValue(Volatile.Read(ref _settled));
        command.Parameters.AddWithValue(last);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>What was settled once is for good, also the gaps in it that appends left which failed.</summary>
    private long Settle(long reached)
    {
        for (var settled = Volatile.Read(ref _settled); settled < reached; settled = Volatile.Read(ref _settled))
            if (Interlocked.CompareExchange(ref _settled, reached, settled) == settled) return reached;
        return Volatile.Read(ref _settled);
    }
}
