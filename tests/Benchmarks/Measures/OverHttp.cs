using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Projections;
using Microsoft.Extensions.DependencyInjection;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>What people wait for, as they ask for it: create, import, list, tree and dump over HTTP. Server and client are in this process.</summary>
internal static class OverHttp
{
    public static async Task RunAsync(Bench bench)
    {
        var sizes = bench.Settings.SizesOf([500, 1_000, 5_000], [1_000, 10_000], [1_000, 10_000, 100_000]);
        var rounds = bench.Settings.RoundsOf(3, 5);
        await CreateAsync(bench);
        await using var host = await HttpHost.StartAsync(await bench.CreateDatabaseAsync());
        using var api = new Api(host.Address);
        var domains = new Dictionary<int, DomainId>();
        Track Over(string name, Goals goals, Func<int, Operation> operation) => new($"http/{name}", null, goals, [.. sizes.Select(size => new Case(size, operation(size)))]);

        await bench.MeasureAsync(Over("import", new Goals(Exponent: 1.1), size => Import(bench, host, domains, size)), rounds);
        await bench.MeasureAsync(Over("list", new Goals(Exponent: 1.1), size => new Operation(() => Listing(api, domains[size]), Large: true)), rounds);
        await bench.MeasureAsync(Over("tree", new Goals(Exponent: 1.1), size => new Operation(() => Tree(api, domains[size]), Large: true)), rounds);
        await bench.MeasureAsync(
            Over("bulk-out", new Goals(Exponent: 1.1, PeakBytes: BulkOut.PeakGoal), size => new Operation(() => host.DrainAsync($"v1/domains/{domains[size]}/bulk"), Large: true)), rounds);
    }

    /// <summary>One create, whatever the domain has already.</summary>
    private static async Task CreateAsync(Bench bench)
    {
        await using var host = await HttpHost.StartAsync(await bench.CreateDatabaseAsync());
        var file = Path.Combine(bench.Directory, "create.xml");
        var (cases, last) = (new List<Case>(), 0);
        foreach (var size in bench.Settings.SizesOf([10, 1_000, 5_000], [10, 1_000, 16_384, 100_000]))
        {
            var id = await host.DefineAsync();
            new CheckpointList(size).Write(file, id, id.ToString());
            await host.ImportAsync(id, file);
            cases.Add(new Case(size, new Operation(async () =>
            {
                await host.CreateAsync(id, $"new-{last++}");
                return 0;
            })));
        }

        // The log takes in what was imported, which takes longer than the creates do.
        var (log, reach) = (host.Services.GetRequiredService<LogTree>(), await host.Services.GetRequiredService<SafeSequence>().ReachAsync(CancellationToken.None));
        while (await log.IndexOfAsync(reach, CancellationToken.None) is null) await Task.Delay(TimeSpan.FromMilliseconds(100));
        // Plans and code are made in the first few, which a server has behind it.
        foreach (var one in cases)
            for (var i = 0; i < 50; i++) await one.Subject.Run();
        await bench.MeasureAsync(new Track("http/create", null, new Goals(Growth: 1.3), cases), bench.Settings.RoundsOf(40, 200));
    }

    private static Operation Import(Bench bench, HttpHost host, Dictionary<int, DomainId> domains, int size)
    {
        var file = Path.Combine(bench.Directory, "import.xml");
        return new Operation(
            () => host.ImportAsync(domains[size], file),
            async () =>
            {
                var id = domains[size] = await host.DefineAsync();
                new CheckpointList(size).Write(file, id, id.ToString());
            },
            Large: true);
    }

    private static async Task<IReadOnlyList<CheckpointItem>> List(Api api, DomainId id)
    {
        var answer = await api.GetAll<CheckpointItem>($"v1/domains/{id}/checkpoints");
        return answer.Value ?? throw new InvalidOperationException(answer.Problem!.Detail);
    }

    private static async Task<long> Listing(Api api, DomainId id)
    {
        await List(api, id);
        return 0;
    }

    private static async Task<long> Tree(Api api, DomainId id)
    {
        var items = await List(api, id);
        using var drawing = new StringWriter();
        TreeDrawing.Draw(drawing, [.. items.Select(item => (item.Name.Value, item.Parent?.Value))]);
        return drawing.GetStringBuilder().Length;
    }
}
