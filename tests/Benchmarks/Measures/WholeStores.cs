using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Host;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;
using Marten;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>What depends on all that a store holds: rebuilding its rows, and starting a host on it. The size is about its number of events.</summary>
internal static class WholeStores
{
    /// <summary>Checkpoints of each domain.</summary>
    private const int Checkpoints = 1_000;

    private static readonly CopiedTable[] Rows = [.. new[] { "checkpoint_states", "domain_values", "definitions", "domains", "domain_states" }.Select(table => new CopiedTable(table, null))];

    public static async Task RunAsync(Bench bench)
    {
        var stores = new List<FullStore>();
        var empty = await bench.CreateDatabaseAsync();
        foreach (var size in bench.Settings.SizesOf([2_000, 20_000], [10_000, 100_000], [10_000, 100_000, 1_000_000])) stores.Add(await FullStore.OfAsync(bench, size));
        await bench.MeasureAsync(
            new Track(
                "rebuild",
                "SELECT of all events, COPY of the resulting rows",
                new Goals(Ratio: 4, Exponent: 1.1),
                [.. stores.Select(store => new Case(store.Size, new Operation(store.RebuildAsync, Large: true), new Operation(store.ReadAndCopyAsync, store.Copied.EmptyAsync, Large: true)))]),
            bench.Settings.RoundsOf(3, 3));
        await bench.MeasureAsync(
            new Track(
                "cold-start",
                "the same on an empty store",
                new Goals(Ratio: 1.2, Growth: 1.2),
                [.. stores.Select(store => new Case(store.Size, new Operation(() => StartAsync(store.Connection)), new Operation(() => StartAsync(empty))))]),
            bench.Settings.RoundsOf(5, 7));
        foreach (var store in stores) await store.DisposeAsync();
    }

    /// <summary>From the start of a host to its first answer; in a process whose code is compiled, so that what the store's size does is not lost in that.</summary>
    private static async Task<long> StartAsync(string connection)
    {
        await using var host = await HttpHost.StartAsync(connection);
        return await host.DrainAsync("v1/domains?limit=10");
    }

    private sealed class FullStore(WritePath path, string connection, int size) : IAsyncDisposable
    {
        private readonly DocumentStore _store = Store.Open(path.Database);

        public int Size => size;

        public string Connection => connection;

        public CopiedRows Copied { get; } = new(path.Database, Rows);

        public static async Task<FullStore> OfAsync(Bench bench, int size)
        {
            Console.Error.WriteLine($"whole stores: making one of {size:N0} events");
            var connection = await bench.CreateDatabaseAsync();
            var path = new WritePath(connection);
            for (var i = 0; i < size / Checkpoints; i++) await path.ImportAsync(Path.Combine(bench.Directory, "store.xml"), new CheckpointList(Checkpoints));
            await new LogWriter(path.Database, new SafeSequence(path.Database)).AppendAsync(CancellationToken.None);
            await using var analyze = path.Database.CreateCommand("vacuum analyze");
            await analyze.ExecuteNonQueryAsync();
            var store = new FullStore(path, connection, size);
            await store.Copied.MakeTablesAsync();
            await store.Copied.TakeAsync(null);
            return store;
        }

        public async Task<long> RebuildAsync()
        {
            await Rebuild.RunAsync(_store, path.Database, CancellationToken.None);
            return 0;
        }

        public async Task<long> ReadAndCopyAsync()
        {
            await using (var command = path.Database.CreateCommand($"select * from {Schema.Name}.mt_events order by seq_id"))
            await using (var events = await command.ExecuteReaderAsync())
            {
                var row = new object[events.FieldCount];
                while (await events.ReadAsync()) events.GetValues(row);
            }

            return await Copied.CopyAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            await path.DisposeAsync();
        }
    }
}
