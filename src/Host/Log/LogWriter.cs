using EventCheckpoints.Domain.Log;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Log;

/// <summary>
/// Adds events to the log, in the order of their sequence and each once. Any host may: a lock in the database lets one at a time, a batch is one transaction,
/// and the keys of the rows refuse what would be a second entry at a place or of an event.
/// </summary>
public sealed class LogWriter(NpgsqlDataSource database, SafeSequence safe)
{
    /// <summary>Entries of one transaction: enough that its commit does not matter, few enough to be in memory.</summary>
    private const int BatchSize = 5_000;

    /// <summary>Adds all that there is by now.</summary>
    /// <returns>The log's size after it.</returns>
    public async Task<long> AppendAsync(CancellationToken cancellation)
    {
        var reach = await safe.ReachAsync(cancellation);
        while (true)
        {
            var (size, added) = await BatchAsync(reach, cancellation);
            if (added < BatchSize) return size;
        }
    }

    private async Task<(long Size, int Added)> BatchAsync(long reach, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Whoever waited for it reads what the one before has committed, since each statement sees the database as of its own beginning.
        await ExecuteAsync(connection, transaction, "select pg_advisory_xact_lock(hashtextextended('eventcheckpoints log', 0))", cancellation);
        var (size, last) = await EndAsync(connection, transaction, cancellation);
        var entries = await EntriesAsync(connection, transaction, last, reach, cancellation);
        if (entries.Count == 0) return (size, 0);
        await InsertAsync(connection, transaction, size, entries, cancellation);
        await transaction.CommitAsync(cancellation);
        return (size + entries.Count, entries.Count);
    }

    private static async Task<(long Size, long Last)> EndAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select index + 1, sequence from {Schema.Name}.log_entries order by index desc limit 1", connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), row.GetInt64(1)) : (0, 0);
    }

    private static async Task<List<LogEntry>> EntriesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long last, long reach, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"{LogRows.Select} where e.tenant_id = $1 and e.seq_id > $2 and e.seq_id <= $3 and {LogRows.NotTombstone} order by e.seq_id limit {BatchSize}", connection, transaction);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(last);
        command.Parameters.AddWithValue(reach);
        var entries = new List<LogEntry>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) entries.Add(LogRows.Read(row));
        return entries;
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long size, List<LogEntry> entries, CancellationToken cancellation)
    {
        var texts = entries.Select(entry => entry.Text()).ToArray();
        var leaves = texts.Select(text => TreeHash.OfLeaf(System.Text.Encoding.UTF8.GetBytes(text))).ToList();
        var (levels, indexes, hashes) = (new List<short>(), new List<long>(), new List<byte[]>());
        var (begin, below) = (size, leaves);
        for (short level = 1; below.Count > 0; level++)
        {
            // The tile at the edge is begun already.
            var first = begin / Tile.FullWidth * Tile.FullWidth;
            var edge = first == begin ? [] : await LogTree.RowsAsync(connection, transaction, [(level - 1, first, begin - 1)], cancellation);
            List<TreeHash> tiles = [.. edge, .. below];
            var complete = Enumerable.Range(0, tiles.Count / Tile.FullWidth).Select(tile => LogTree.Root(tiles, tile * Tile.FullWidth, Tile.FullWidth)).ToList();
            begin = first / Tile.FullWidth;
            for (var at = 0; at < complete.Count; at++)
            {
                levels.Add(level);
                indexes.Add(begin + at);
                hashes.Add(complete[at].ToArray());
            }

            below = complete;
        }

        await using var command = new NpgsqlCommand(
            $"""
            with entries as (
                insert into {Schema.Name}.log_entries (index, sequence, entry, hash)
                select $1 + place - 1, sequence, entry, hash from unnest($2::bigint[], $3::text[], $4::bytea[]) with ordinality e (sequence, entry, hash, place)
            )
            insert into {Schema.Name}.log_hashes (level, index, hash) select * from unnest($5::smallint[], $6::bigint[], $7::bytea[])
            """,
            connection,
            transaction);
        command.Parameters.AddWithValue(size);
        command.Parameters.AddWithValue(entries.Select(entry => entry.Sequence).ToArray());
        command.Parameters.AddWithValue(texts);
        command.Parameters.AddWithValue(leaves.Select(leaf => leaf.ToArray()).ToArray());
        command.Parameters.AddWithValue(levels.ToArray());
        command.Parameters.AddWithValue(indexes.ToArray());
        command.Parameters.AddWithValue(hashes.ToArray());
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
