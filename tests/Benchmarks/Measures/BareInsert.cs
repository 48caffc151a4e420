using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// The limit of one create: all that the last one left, written into tables of the same shape with the same indexes and committed, in one round trip of prepared statements on an open connection. Inserted are the event, the
/// state of the checkpoint, the domain's new current, and the domain behind the transaction; updated are the stream and the domain.
/// </summary>
internal sealed class BareInsert : IAsyncDisposable
{
    /// <summary>What gets a row for each create, and its column that holds the version.</summary>
    private static readonly (string Table, string Version, string Newest)[] Inserted =
    [
        ("mt_events", "version", "where version > 0 order by seq_id desc limit 1"),
        ("checkpoint_states", "from_version", "order by recorded desc limit 1"),
        ("domain_values", "from_version", "where field = 'current' order by from_version desc limit 1"),
        ("domain_states", "version", "order by recorded desc limit 1"),
    ];

    // Of all of them: several insert at once.
    private static long _next = 1_000_000_000;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;
    private readonly List<NpgsqlParameter> _versions = [];

    private BareInsert(NpgsqlConnection connection) => (_connection, _batch) = (connection, new NpgsqlBatch(connection));

    public static async Task<BareInsert> OpenAsync(NpgsqlDataSource database)
    {
        var connection = await database.OpenConnectionAsync();
        foreach (var table in Inserted.Select(of => of.Table).Concat(["mt_streams", "domains"]))
        {
            await using var make = new NpgsqlCommand($"create table if not exists bare_{table} (like {Schema.Name}.{table} including all)", connection);
            await make.ExecuteNonQueryAsync();
        }

        return new BareInsert(connection);
    }

    /// <summary>Takes what the newest create left as the rows to write.</summary>
    public async Task TakeAsync()
    {
        foreach (var (table, version, newest) in Inserted) await InsertAsync(table, version, $"select * from {Schema.Name}.{table} {newest}");
        foreach (var (table, id) in ((string, string)[])[("mt_streams", "id"), ("domains", "domain_id")])
        {
            await using var copy = new NpgsqlCommand(
                $"insert into bare_{table} select * from {Schema.Name}.{table} where {id} = (select stream_id from {Schema.Name}.mt_events where version > 0 order by seq_id desc limit 1) on conflict do nothing", _connection);
            await copy.ExecuteNonQueryAsync();
        }

        var stream = _batch.BatchCommands[0].Parameters.First(parameter => parameter.SourceColumn == "stream_id").Value!;
        Update("update bare_mt_streams set version = $1, timestamp = now() where id = $2", stream);
        Update("update bare_domains set version = $1, current = 'new', checkpoints = checkpoints + 1, changed_at = now() where domain_id = $2", stream);
        await _batch.PrepareAsync();
    }

    /// <summary>Outside a transaction a batch is one, committed by its end.</summary>
    public async Task<long> RunAsync()
    {
        var version = Interlocked.Increment(ref _next);
        foreach (var parameter in _versions) parameter.Value = version;
        await _batch.ExecuteNonQueryAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _batch.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Update(string sql, object id)
    {
        var version = new NpgsqlParameter<long> { TypedValue = 0 };
        _versions.Add(version);
        _batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { version, new NpgsqlParameter { Value = id } } });
    }

    /// <summary>Generated columns are the database's.</summary>
    private async Task InsertAsync(string table, string version, string query)
    {
        await using var select = new NpgsqlCommand(query, _connection);
        await using var row = await select.ExecuteReaderAsync();
        if (!await row.ReadAsync()) throw new InvalidOperationException($"the last create left nothing in {table}");
        var names = Enumerable.Range(0, row.FieldCount).Select(row.GetName).ToArray();
        var insert = new NpgsqlBatchCommand($"insert into bare_{table} ({string.Join(", ", names)}) values ({string.Join(", ", names.Select((_, i) => $"${i + 1}"))})");
        for (var i = 0; i < names.Length; i++)
        {
            var parameter = new NpgsqlParameter { Value = row.GetValue(i), DataTypeName = row.GetDataTypeName(i), SourceColumn = names[i] };
            if (names[i] == version || (table == "mt_events" && names[i] == "seq_id")) _versions.Add(parameter);
            insert.Parameters.Add(parameter);
        }

        _batch.BatchCommands.Add(insert);
    }
}
