using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>A large domain's whole document over HTTP: every checkpoint with a large <c>&lt;domain&gt;</c> of its own.</summary>
internal static class BulkOut
{
    /// <summary>What a dump of any size may add to the memory of its process.</summary>
    public const long PeakGoal = 64L << 20;

    private const int Part = 10_000;

    public static async Task RunAsync(Bench bench)
    {
        var sizes = bench.Settings.SizesOf([1_000, 2_000], [10_000], [10_000, 100_000]);
        var connection = await bench.CreateDatabaseAsync();
        await using var database = NpgsqlDataSource.Create(connection);
        await using var host = await HttpHost.StartAsync(connection);
        var file = Path.Combine(bench.Directory, "bulk.xml");
        var domains = new List<(int Size, DomainId Id)>();
        foreach (var size in sizes)
        {
            var id = await host.DefineAsync();
            // In parts: PostgreSQL takes no message of a gigabyte.
            for (var first = 0; first < size; first += Part)
            {
                new CheckpointList(Math.Min(size - first, Part), Same: 1, DomainXml.Large, first).Write(file, id, id.ToString());
                await host.ImportAsync(id, file);
            }

            domains.Add((size, id));
        }

        File.Delete(file);
        await MeasureAsync("bulk-out", "");
        await MeasureAsync("bulk-out/security-info", "?security-info=true");

        async Task MeasureAsync(string name, string query) => await bench.MeasureAsync(
            new Track(
                name,
                "COPY … TO STDOUT of the same bytes",
                new Goals(Ratio: 2, Exponent: 1.1, PeakBytes: PeakGoal),
                [.. domains.Select(one => new Case(
                    one.Size,
                    new Operation(() => host.DrainAsync($"v1/domains/{one.Id}/bulk{query}"), Large: true),
                    new Operation(() => CopyOut(database, one.Id), Large: true)))]),
            bench.Settings.RoundsOf(3, 5));
    }

    /// <summary>Binary, so that the lines of the XML are not escaped: the bytes are the same.</summary>
    private static async Task<long> CopyOut(NpgsqlDataSource database, DomainId id)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var rows = await connection.BeginRawBinaryCopyAsync(
            $"""
            copy (
                select s.name, s.parent, s.description, s.creation_time, s.disks, d.xml
                from {Schema.Name}.checkpoint_states s left join {Schema.Name}.definitions d
                    on d.tenant_id = s.tenant_id and d.domain_id = s.domain_id and d.hash = s.definition
                where s.domain_id = '{id}' and s.to_version is null
            ) to stdout (format binary)
            """);
        var buffer = new byte[64 * 1024];
        long bytes = 0;
        for (int read; (read = await rows.ReadAsync(buffer, CancellationToken.None)) > 0;) bytes += read;
        return bytes;
    }
}
