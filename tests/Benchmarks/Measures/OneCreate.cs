using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>One create by one writer, in process and warm, on domains of different sizes.</summary>
internal static class OneCreate
{
    public static async Task RunAsync(Bench bench)
    {
        var sizes = bench.Settings.SizesOf([10, 1_000, 5_000], [10, 1_000, 10_000]);
        await using var path = new WritePath(await bench.CreateDatabaseAsync());
        await using var bare = await BareInsert.OpenAsync(path.Database);
        var cases = new List<Case>();
        foreach (var size in sizes)
        {
            var id = await path.ImportAsync(Path.Combine(bench.Directory, "create.xml"), new CheckpointList(size));
            cases.Add(new Case(size, new Operation(() => Create(path, id)), new Operation(() => bare.RunAsync())));
        }

        // Plans and code are made in the first few, which a server has behind it.
        foreach (var one in cases)
            for (var i = 0; i < 20; i++) await one.Subject.Run();
        await bare.TakeAsync();
        for (var i = 0; i < 20; i++) await bare.RunAsync();
        await bench.MeasureAsync(
            new Track("create", "all the same rows written and committed in one round trip", new Goals(Ratio: 1.5, Growth: 1.3, Held: 8), cases), bench.Settings.RoundsOf(40, 200));
        await OneByOneAsync(bench);
    }

    /// <summary>What a long history costs: a domain whose checkpoints were created one by one, each in a transaction of its own.</summary>
    private static async Task OneByOneAsync(Bench bench)
    {
        await using var path = new WritePath(await bench.CreateDatabaseAsync());
        var cases = new List<Case>();
        foreach (var size in bench.Settings.SizesOf([10, 5_000], [10, 1_000, 20_000]))
        {
            var id = await path.DefineAsync();
            for (var i = 0; i < size; i++) await Create(path, id);
            cases.Add(new Case(size, new Operation(() => Create(path, id))));
        }

        await bench.MeasureAsync(new Track("create/one-by-one", null, new Goals(Growth: 1.3), cases), bench.Settings.RoundsOf(100, 200));
    }

    private static int _last;

    private static async Task<long> Create(WritePath path, DomainId id)
    {
        var xml = new CreateXml(MomentName.Trusted($"new-{++_last}"), "before the upgrade", []);
        await path.SubmitAsync(id, new Create(xml, CreationTime.Of(DateTimeOffset.UtcNow)));
        return 0;
    }
}
