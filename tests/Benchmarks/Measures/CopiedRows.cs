using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Benchmarks.Measures;

/// <param name="Key">The column with the domain's id; null where the rows of all are copied.</param>
internal sealed record CopiedTable(string Name, string? Key);

/// <summary>
/// The limit of what makes many rows: the rows that it left behind, copied into empty tables of the same shape (indexes included) in one transaction.
/// </summary>
internal sealed class CopiedRows(NpgsqlDataSource database, IReadOnlyList<CopiedTable> tables)
{
    private readonly List<byte[]> _rows = [];

    public async Task MakeTablesAsync()
    {
        foreach (var table in tables) await ExecuteAsync($"create table if not exists copied_{table.Name} (like {Schema.Name}.{table.Name} including all)");
    }

    /// <summary>Empties the tables, and takes the domain's rows along the first time.</summary>
    public async Task PrepareAsync(DomainId domain)
    {
        await EmptyAsync();
        if (_rows.Count == 0) await TakeAsync(domain);
    }

    public async Task EmptyAsync()
    {
        foreach (var table in tables) await ExecuteAsync($"truncate copied_{table.Name}");
    }

    /// <summary>Takes along the rows of a domain, or of all of them for null.</summary>
    public async Task TakeAsync(DomainId? domain)
    {
        await using var connection = await database.OpenConnectionAsync();
        foreach (var table in tables)
        {
            var which = domain is { } one ? $"where {table.Key} = '{one}'" : "";
            await using var source = await connection.BeginRawBinaryCopyAsync($"copy (select * from {Schema.Name}.{table.Name} {which}) to stdout (format binary)");
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
        foreach (var (table, rows) in tables.Zip(_rows))
        {
            await using var target = await connection.BeginRawBinaryCopyAsync($"copy copied_{table.Name} from stdin (format binary)");
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
