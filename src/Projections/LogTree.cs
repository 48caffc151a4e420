using EventCheckpoints.Domain.Log;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>The log's rows contradict each other, or what was signed before: a person has to look (`audit verify`), and nothing may be signed meanwhile.</summary>
public sealed class InconsistentLogException(string message) : Exception(message);

/// <summary>The log's Merkle tree, out of its rows. What is asked costs a few hundred hashes for each level of 256, whatever the tree's size.</summary>
public sealed class LogTree(NpgsqlDataSource database)
{
    /// <summary>How many entries the log has.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select coalesce(max(index) + 1, 0) from {Schema.Name}.log_entries");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public async Task<TreeHash> RootAsync(long size, CancellationToken cancellation)
    {
        if (size == 0) return TreeHash.Empty;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await HashesAsync(connection, null, [new Span(0, size)], cancellation))[0];
    }

    /// <summary>The hashes of stretches that lie within the log.</summary>
    /// <exception cref="InconsistentLogException">A hash is missing that has to be there.</exception>
    public async Task<IReadOnlyList<TreeHash>> HashesAsync(IReadOnlyList<Span> spans, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await HashesAsync(connection, null, spans, cancellation);
    }

    /// <summary>The entries from one on, as many as there are up to a count, each with its sequence.</summary>
    public async Task<IReadOnlyList<(long Sequence, string Entry, TreeHash Hash)>> EntriesAsync(long first, int count, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"select sequence, entry, hash from {Schema.Name}.log_entries where index >= $1 and index < $1 + $2 order by index");
        command.Parameters.AddWithValue(first);
        command.Parameters.AddWithValue((long)count);
        var entries = new List<(long, string, TreeHash)>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) entries.Add((row.GetInt64(0), row.GetString(1), TreeHash.Of(row.GetFieldValue<byte[]>(2))));
        return entries;
    }

    /// <summary>Where the entry of an event is; null while it has none.</summary>
    public async Task<long?> IndexOfAsync(long sequence, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select index from {Schema.Name}.log_entries where sequence = $1");
        command.Parameters.AddWithValue(sequence);
        return (long?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>The roots of the perfect subtrees of the first leaves, from left to right: what a tree goes on from.</summary>
    public async Task<IReadOnlyList<TreeHash>> BeginningAsync(long size, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await SubtreesAsync(connection, null, [.. new Span(0, size).Subtrees()], cancellation);
    }

    /// <summary>Entries from one on, below a size, whose events are no longer there.</summary>
    public async Task<IReadOnlyList<MissingEvent>> MissingAsync(long first, long size, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"""
            select l.index, l.entry, l.hash from {Schema.Name}.log_entries l
            where l.index >= $3 and l.index < $1 and not exists (select from {Schema.Name}.mt_events e where e.seq_id = l.sequence and e.tenant_id = $2 and {EventRows.NotTombstone})
            order by l.index
            """);
        command.Parameters.AddWithValue(size);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(first);
        var missing = new List<MissingEvent>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) missing.Add(new MissingEvent(row.GetInt64(0), row.GetString(1), Convert.ToBase64String(row.GetFieldValue<byte[]>(2))));
        return missing;
    }

    /// <summary>The hashes of one tile.</summary>
    public async Task<IReadOnlyList<TreeHash>> TileAsync(Tile tile, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var first = tile.Index * Tile.FullWidth;
        return await RowsAsync(connection, null, [(tile.Level, first, first + tile.Width - 1)], cancellation);
    }

    public static async Task<IReadOnlyList<TreeHash>> HashesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<Span> spans, CancellationToken cancellation)
    {
        var subtrees = spans.Select(span => span.Subtrees().ToArray()).ToArray();
        var roots = await SubtreesAsync(connection, transaction, [.. subtrees.SelectMany(of => of)], cancellation);
        var at = 0;
        return [.. subtrees.Select(of => GrowingTree.Fold(roots.Skip((at += of.Length) - of.Length).Take(of.Length).Reverse()))];
    }

    /// <summary>The roots of perfect subtrees: each from the rows of the tile level at or below its own.</summary>
    private static async Task<IReadOnlyList<TreeHash>> SubtreesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Subtree[] subtrees, CancellationToken cancellation)
    {
        (int Level, long First, long Last) Rows(Subtree subtree) =>
            (subtree.Level / 8, subtree.Index << (subtree.Level % 8), ((subtree.Index + 1) << (subtree.Level % 8)) - 1);
        var rows = await RowsAsync(connection, transaction, [.. subtrees.Select(Rows)], cancellation);
        var at = 0;
        return [.. subtrees.Select(subtree => Root(rows, (at += 1 << (subtree.Level % 8)) - (1 << (subtree.Level % 8)), 1 << (subtree.Level % 8)))];
    }

    /// <summary>The root over a power of two of neighbouring hashes.</summary>
    public static TreeHash Root(IReadOnlyList<TreeHash> hashes, int from, int count) =>
        count == 1 ? hashes[from] : TreeHash.OfNode(Root(hashes, from, count / 2), Root(hashes, from + (count / 2), count / 2));

    /// <summary>Stretches of rows, Last included, one after the other.</summary>
    public static async Task<IReadOnlyList<TreeHash>> RowsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<(int Level, long First, long Last)> wanted, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select case when w.level = 0
                then (select string_agg(e.hash, '' order by e.index) from {Schema.Name}.log_entries e where e.index between w.first and w.last)
                else (select string_agg(n.hash, '' order by n.index) from {Schema.Name}.log_hashes n where n.level = w.level and n.index between w.first and w.last) end
            from unnest($1::int[], $2::bigint[], $3::bigint[]) with ordinality w (level, first, last, place)
            order by w.place
            """,
            connection,
            transaction);
        command.Parameters.AddWithValue(wanted.Select(rows => rows.Level).ToArray());
        command.Parameters.AddWithValue(wanted.Select(rows => rows.First).ToArray());
        command.Parameters.AddWithValue(wanted.Select(rows => rows.Last).ToArray());
        var hashes = new List<TreeHash>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (!row.IsDBNull(0)) hashes.AddRange(row.GetFieldValue<byte[]>(0).Chunk(TreeHash.Length).Select(hash => TreeHash.Of(hash)));
        }

        var expected = wanted.Sum(rows => rows.Last - rows.First + 1);
        return hashes.Count == expected ? hashes : throw new InconsistentLogException($"the log has {hashes.Count} of {expected} hashes that are needed: rows of it are missing");
    }
}

/// <summary>An entry of the log whose event is gone.</summary>
/// <param name="Hash">The leaf's, in base64.</param>
public sealed record MissingEvent(long Index, string Entry, string Hash);
