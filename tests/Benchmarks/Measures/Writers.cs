using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>Creates by several writers at once, each on a domain of its own. The size is their number, the time that of all their creates.</summary>
internal static class Writers
{
    /// <summary>By each writer, in one run.</summary>
    private const int Creates = 16;

    private static int _last;

    public static async Task RunAsync(Bench bench)
    {
        await using var path = new WritePath(await bench.CreateDatabaseAsync());
        var most = bench.Settings.SizesOf([1, 16], [1, 4, 16, 64]);
        var domains = new List<DomainId>();
        var bare = new List<BareInsert>();
        for (var i = 0; i < most[^1]; i++)
        {
            domains.Add(await path.DefineAsync());
            await CreateAsync(path, domains[i]);
            bare.Add(await BareInsert.OpenAsync(path.Database));
            await bare[i].TakeAsync();
        }

        var cases = most.Select(writers => new Case(
            writers,
            new Operation(() => AllAsync(domains.Take(writers), domain => CreateAsync(path, domain))),
            new Operation(() => AllAsync(bare.Take(writers), insert => insert.RunAsync())))).ToArray();
        // Connections are opened, and plans made in each, in the first runs.
        foreach (var one in cases)
            for (var i = 0; i < 3; i++) await one.Subject.Run();
        await bench.MeasureAsync(
            new Track("writers", "all the same rows written and committed in one round trip, by as many writers", new Goals(Ratio: 2, Held: 9), cases), bench.Settings.RoundsOf(7, 15));
        foreach (var one in bare) await one.DisposeAsync();
    }

    private static async Task<long> AllAsync<T>(IEnumerable<T> writers, Func<T, Task> once)
    {
        await Task.WhenAll(writers.Select(async writer =>
        {
            for (var i = 0; i < Creates; i++) await once(writer);
        }));
        return 0;
    }

    private static async Task CreateAsync(WritePath path, DomainId domain) => await path.SubmitAsync(
        domain,
        new Create(new CreateXml(MomentName.Trusted($"new-{Interlocked.Increment(ref _last)}"), "before the upgrade", []), CreationTime.Of(DateTimeOffset.UtcNow)));
}
