using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// The limit of an import: the rows that it left behind, copied into empty tables of the same shape (indexes included) in one transaction.
/// </summary>
internal sealed class CopiedRows(NpgsqlDataSource database)
{
    private static readonly (string Table, string Key)[] Tables = [("mt_events", "stream_id"), ("checkpoint_states", "domain_id"), ("definitions", "domain_id")];

    private readonly List<byte[]> _rows = [];

    public async Task MakeTablesAsync()
    {
        foreach (var (table, _) in Tables) await ExecuteAsync($"create table if not exists copied_{table} (like {Schema.Name}.{table} including all)");
    }

    /// <summary>Empties the tables, and takes the domain's rows along the first time.</summary>
    public async Task PrepareAsync(DomainId domain)
    {
        foreach (var (table, _) in Tables) await ExecuteAsync($"truncate copied_{table}");
        if (_rows.Count > 0) return;
        await using var connection = await database.OpenConnectionAsync();
        foreach (var (table, key) in Tables)
        {
            await using var source = await connection.BeginRawBinaryCopyAsync($"copy (select * from {Schema.Name}.{table} where {key} = '{domain}') to stdout (format binary)");
            using var rows = new MemoryStream();
            await source.CopyToAsync(rows);
            _rows.Add(rows.ToArray());
        }
    }

    /// <summary>Returns the bytes copied.</summary>
    public async Task<long> CopyAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var ((table, _), rows) in Tables.Zip(_rows))
        {
            await using var target = await connection.BeginRawBinaryCopyAsync($"copy copied_{table} from stdin (format binary)");
            await target.WriteAsync(rows);
        }

        await transaction.CommitAsync();
        return _rows.Sum(rows => (long)rows.Length);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
