using Npgsql;

namespace EventCheckpoints.Benchmarks.Report;

/// <summary>What it was measured on, as far as it matters to a reader.</summary>
internal sealed record Machine(int Cores, long MemoryBytes, string PostgreSql, string Runtime)
{
    public static async Task<Machine> HereAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        return new Machine(
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            $"{connection.PostgreSqlVersion.Major}.{connection.PostgreSqlVersion.Minor}",
            $"{Environment.Version}");
    }

    public override string ToString() =>
        $"{Cores} cores, {MemoryBytes / (double)(1L << 30):0} GiB, PostgreSQL {PostgreSql} (private, fsync on), .NET {Runtime}";
}
