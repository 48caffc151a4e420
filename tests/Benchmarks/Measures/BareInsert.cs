using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// The limit of one create: the two rows that the last one left (its event, its state), inserted into tables of the same shape and committed, in
/// one round trip on an open connection.
/// </summary>
internal sealed class BareInsert : IAsyncDisposable
{
    private const string InsertEvent =
        """
        insert into bare_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, headers)
        values ($1, $2, $3, $4, $5, $6, now(), $7, $8, $9, $10)
        """;

    private const string InsertState =
        """
        insert into bare_states (tenant_id, domain_id, name, from_version, parent, description, creation_time, disks, definition, began, recorded)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())
        """;

    // Of all of them: several insert at once.
    private static long _next = 1_000_000_000;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;

    private BareInsert(NpgsqlConnection connection)
    {
        _connection = connection;
        _batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(InsertEvent), new NpgsqlBatchCommand(InsertState) } };
    }

    public static async Task<BareInsert> OpenAsync(NpgsqlDataSource database)
    {
        var connection = await database.OpenConnectionAsync();
        await using var tables = new NpgsqlCommand(
            $"""
            create table if not exists bare_events (like {Schema.Name}.mt_events including all);
            create table if not exists bare_states (like {Schema.Name}.checkpoint_states including all)
            """,
            connection);
        await tables.ExecuteNonQueryAsync();
        return new BareInsert(connection);
    }

    /// <summary>Takes the newest event and the state it made as the rows to insert.</summary>
    public async Task TakeAsync()
    {
        await FillAsync(
            0,
            $"""
            select seq_id, id, stream_id, version, data, type, tenant_id, mt_dotnet_type, correlation_id, headers
            from {Schema.Name}.mt_events order by seq_id desc limit 1
            """);
        await FillAsync(
            1,
            $"""
            select tenant_id, domain_id, name, from_version, parent, description, creation_time, disks, definition, began
            from {Schema.Name}.checkpoint_states order by recorded desc limit 1
            """);
        await _batch.PrepareAsync();
    }

    /// <summary>Outside a transaction a batch is one, committed by its end.</summary>
    public async Task<long> RunAsync()
    {
        var version = Interlocked.Increment(ref _next);
        var (happened, state) = (_batch.BatchCommands[0].Parameters, _batch.BatchCommands[1].Parameters);
        (happened[0].Value, happened[3].Value, state[3].Value) = (version, version, version);
        await _batch.ExecuteNonQueryAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _batch.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task FillAsync(int command, string query)
    {
        await using var select = new NpgsqlCommand(query, _connection);
        await using var row = await select.ExecuteReaderAsync();
        await row.ReadAsync();
        for (var i = 0; i < row.FieldCount; i++)
            _batch.BatchCommands[command].Parameters.Add(new NpgsqlParameter { Value = row.GetValue(i), DataTypeName = row.GetDataTypeName(i) });
    }
}
