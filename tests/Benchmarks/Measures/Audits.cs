using System.Globalization;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;
using Marten;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>What an auditor asks of a history of n events; the answers have the same size whatever n is, and so should the times.</summary>
internal static class Audits
{
    /// <summary>Checkpoints of the domain with the long history: each step redefines all of them.</summary>
    private const int Checkpoints = 1_000;

    private const int PageSize = 100;

    /// <summary>Entries that an incremental verification goes on over.</summary>
    private const int Since = 1_000;

    private static readonly Goals Flat = new(Growth: 2);

    public static async Task RunAsync(Bench bench)
    {
        var rounds = bench.Settings.RoundsOf(3, 7);
        var histories = new List<History>();
        // As of the middle there have to be all checkpoints, and an entry before the last thousand: smaller ones are raised, as the report's sizes say.
        foreach (var size in bench.Settings.SizesOf([2_000, 20_000], [10_000, 100_000], [10_000, 100_000, 1_000_000]).Select(size => Math.Max(size, 2 * Checkpoints)).Distinct()) histories.Add(await History.OfAsync(bench, size));
        async Task Measure(string name, int times, Func<History, Task> run, Func<History, Task>? now = null) => await bench.MeasureAsync(
            new Track(
                $"audit/{name}",
                now is null ? null : "the same now",
                now is null ? Flat : Flat with { Ratio = 2 },
                [.. histories.Select(history => new Case(history.Size, Of(history, times, run), now is null ? null : Of(history, times, now)))]),
            rounds);

        await Measure("as-of", 3, history => history.AsOfAsync(), history => history.NowAsync());
        await Measure("timeline-page", 10, history => history.PageAsync());
        await Measure("inclusion-proof", 10, history => history.ProofAsync());
        await Measure("verify-since", 3, history => history.VerifySinceAsync());
        foreach (var history in histories) await history.DisposeAsync();
    }

    private static Operation Of(History history, int times, Func<History, Task> run) => new(
        async () =>
        {
            await run(history);
            return 0;
        },
        Times: times);

    private sealed class History(WritePath path, DomainId domain, int size) : IAsyncDisposable
    {
        private readonly DocumentStore _store = Store.Open(path.Database);
        private readonly LogTree _tree = new(path.Database);

        public int Size => size;

        public static async Task<History> OfAsync(Bench bench, int size)
        {
            Console.Error.WriteLine($"audit: making a history of {size:N0} events");
            var path = new WritePath(await bench.CreateDatabaseAsync());
            var domain = await path.DefineAsync();
            for (var step = 0; step < size / Checkpoints; step++) await path.SubmitAsync(domain, Step(step));
            await new LogWriter(path.Database, new SafeSequence(path.Database)).AppendAsync(CancellationToken.None);
            await using var analyze = path.Database.CreateCommand("vacuum analyze");
            await analyze.ExecuteNonQueryAsync();
            return new History(path, domain, size);
        }

        public async Task AsOfAsync()
        {
            // Forests that keep nothing yet: what is in memory says nothing of the history.
            var state = await new Forests(path.Database).StateAtAsync(domain, (size / 2 / Checkpoints * Checkpoints) + 3, CancellationToken.None);
            if (state!.Forest.Count != Checkpoints) throw new InvalidOperationException($"{state.Forest.Count} checkpoints then");
        }

        public async Task NowAsync()
        {
            var state = await new Forests(path.Database).NowAsync(domain, CancellationToken.None);
            if (state.Forest.Count != Checkpoints) throw new InvalidOperationException($"{state.Forest.Count} checkpoints now");
        }

        public async Task PageAsync()
        {
            var page = await new Projections.History(new EventRows(path.Database, Store.EventNames))
                .Handle(new ListHistory(domain, null, false, new Paging(PageSize, (size / 2).ToString(CultureInfo.InvariantCulture))), CancellationToken.None);
            if (page.Value.Items.Count != PageSize) throw new InvalidOperationException("the page is not full");
        }

        public async Task ProofAsync()
        {
            var all = await _tree.SizeAsync(CancellationToken.None);
            var entry = (await _tree.EntriesAsync(all / 3, 1, CancellationToken.None))[0];
            var proof = await _tree.HashesAsync(ProofSpans.OfInclusion(all / 3, all), CancellationToken.None);
            if (!Proofs.IsIncluded(entry.Hash, all / 3, all, proof, await _tree.RootAsync(all, CancellationToken.None))) throw new InvalidOperationException("no proof");
        }

        public async Task VerifySinceAsync()
        {
            var all = await _tree.SizeAsync(CancellationToken.None);
            var tree = new GrowingTree(all - Since, await _tree.BeginningAsync(all - Since, CancellationToken.None));
            var after = (await _tree.EntriesAsync(all - Since - 1, 1, CancellationToken.None))[0].Sequence;
            if ((await _tree.MissingAsync(all - Since, all, CancellationToken.None)).Count > 0) throw new InvalidOperationException("events are missing");
            var audit = new Projections.Audit(new EventRows(path.Database, Store.EventNames), new SafeSequence(path.Database));
            var export = await audit.Handle(new ExportAudit(new AuditFilter(), After: after), CancellationToken.None);
            await foreach (var record in export.Value.Records)
                tree.Add(TreeHash.OfLeaf(System.Text.Encoding.UTF8.GetBytes(record.Evidence!.Entry!)));
            if (tree.Root != await _tree.RootAsync(all, CancellationToken.None)) throw new InvalidOperationException("another root");
        }

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            await path.DisposeAsync();
        }

        private static RedefineList Step(int step)
        {
            var items = Enumerable.Range(0, Checkpoints).Select(i => new ListItem(i, $"c{i}", new RedefineXml(MomentName.Trusted($"c{i}"), null, null, new CreationTime((step * Checkpoints) + i), [], null)));
            return new RedefineList([new ListDocument(null, false, null, [.. items])], ListMode.Merge);
        }
    }
}
