using System.Globalization;
using System.Text;
using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>What one checkpoint takes in the database, all tables and their indexes together, where the domain's definition did not change; beside its XML without that.</summary>
internal static class Storage
{
    public static async Task RunAsync(Bench bench)
    {
        var sizes = bench.Settings.SizesOf([1_000], [10_000]);
        await MeasureAsync(bench, "imported", sizes, (path, id, size) => path.SubmitAsync(id, WritePath.Redefine(Path.Combine(bench.Directory, "storage.xml"), new CheckpointList(size, Same: size), id)));
        await MeasureAsync(bench, "one-by-one", sizes, async (path, id, size) =>
        {
            for (var i = 0; i < size; i++)
            {
                var xml = new CreateXml(MomentName.Trusted(string.Create(CultureInfo.InvariantCulture, $"backup-{i:000000}")), i % 10 == 0 ? "before the nightly backup" : null, []);
                await path.SubmitAsync(id, new Create(xml, CreationTime.Of(DateTimeOffset.UtcNow)));
            }
        });
    }

    private static async Task MeasureAsync(Bench bench, string name, IReadOnlyList<int> sizes, Func<WritePath, DomainId, int, Task> fill)
    {
        var results = new List<SizeResult>();
        foreach (var size in sizes)
        {
            Console.Error.WriteLine($"storage: {size:N0} checkpoints, {name}");
            await using var path = new WritePath(await bench.CreateDatabaseAsync());
            var id = await path.DefineAsync();
            var before = await BytesAsync(path);
            await fill(path, id, size);
            await new LogWriter(path.Database, new SafeSequence(path.Database)).AppendAsync(CancellationToken.None);
            var taken = await BytesAsync(path) - before;
            var xml = (await new Forests(path.Database).NowAsync(id, CancellationToken.None)).Forest.All.Average(XmlBytes);
            results.Add(SizeResult.Of(size, [new Sample((double)taken / size, 0)], [new Sample(xml, 0)], MemoryPeak.Unknown));
        }

        bench.Add(new TrackResult(new Track($"storage/{name}", "its XML without the domain inside", new Goals(Ratio: 4, Held: 12), [], Unit.Bytes), results, null, null));
    }

    private static async Task<long> BytesAsync(WritePath path)
    {
        await using var command = path.Database.CreateCommand(
            $"select sum(pg_total_relation_size(c.oid))::bigint from pg_class c where c.relkind = 'r' and c.relnamespace = '{Schema.Name}'::regnamespace");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static double XmlBytes(Checkpoint checkpoint)
    {
        using var text = new StringWriter();
        CheckpointWriter.Write(text, checkpoint, null);
        return Encoding.UTF8.GetByteCount(text.ToString());
    }
}
