using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.ServerSentEvents;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>Those who follow the feed: how long after its commit an event is with them, and how fast they catch up.</summary>
internal static class Feeds
{
    private const int PerSecond = 100;

    public static async Task RunAsync(Bench bench)
    {
        await LatencyAsync(bench);
        await CatchUpAsync(bench);
    }

    /// <summary>
    /// From an append's return to the event in a client of the stream, beside a NOTIFY from its sending to its arrival at one who listens. Both happen by turns at
    /// 100 a second; each sample is the median, or the 99th percentile, of a block.
    /// </summary>
    private static async Task LatencyAsync(Bench bench)
    {
        var (blocks, size) = (bench.Settings.RoundsOf(3, 10), bench.Settings.Extent == Extent.Quick ? 100 : 400);
        await using var host = await HttpHost.StartAsync(await bench.CreateDatabaseAsync());
        var domain = await host.DefineAsync();
        await using var client = await StreamClient.OpenAsync(host.Address, "from=now");
        await using var bare = await BareNotify.OpenAsync(host.Services.GetRequiredService<NpgsqlDataSource>());
        var mediator = host.Services.GetRequiredService<IMediator>();
        var names = 0;
        async Task<double> Streamed()
        {
            var name = MomentName.Trusted($"c{names++}");
            var by = new Envelope("bench", "cli", null, Guid.NewGuid().ToString("N"), null, DateTimeOffset.UtcNow);
            await mediator.Send(new Submit(domain, new Create(new CreateXml(name, null, []), new CreationTime(names)), by));
            var committed = Stopwatch.GetTimestamp();
            return Stopwatch.GetElapsedTime(committed, await client.ArrivalAsync(name.Value)).TotalSeconds;
        }

        var (medians, tails) = ((List<Sample>[])[[], []], (List<Sample>[])[[], []]);
        // The first block warms up.
        for (var block = -1; block < blocks; block++)
        {
            var (ours, theirs) = (new List<double>(), new List<double>());
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
            for (var i = 0; i < size; i++)
            {
                await pace.WaitForNextTickAsync();
                ours.Add(await Streamed());
                theirs.Add(await bare.RoundTripAsync());
            }

            if (block < 0) continue;
            foreach (var (side, times) in ((int, List<double>)[])[(0, ours), (1, theirs)])
            {
                times.Sort();
                medians[side].Add(new Sample(times[size / 2], 0));
                tails[side].Add(new Sample(times[size * 99 / 100], 0));
            }
        }

        foreach (var (name, samples) in ((string, List<Sample>[])[])[("feed/latency-median", medians), ("feed/latency-p99", tails)])
        {
            var track = new Track(name, "NOTIFY, to the listener", new Goals(Ratio: 3, Held: 10), []);
            bench.Add(new TrackResult(track, [SizeResult.Of(size, samples[0], samples[1], MemoryPeak.Unknown)], null, null));
        }
    }

    /// <summary>The whole history over the stream, beside a bare select of the same rows. More than the pages that a host keeps.</summary>
    private static async Task CatchUpAsync(Bench bench)
    {
        var cases = new List<Case>();
        var hosts = new List<HttpHost>();
        foreach (var size in bench.Settings.SizesOf([2_500, 10_000], [2_500, 10_000], [2_500, 10_000, 100_000]))
        {
            var host = await HttpHost.StartAsync(await bench.CreateDatabaseAsync());
            hosts.Add(host);
            var file = Path.Combine(bench.Directory, "import.xml");
            for (var left = size; left > 0; left -= 10_000)
            {
                var id = await host.DefineAsync();
                new Corpus.CheckpointList(Math.Min(left, 10_000)).Write(file, id, id.ToString());
                await host.ImportAsync(id, file);
            }

            var database = host.Services.GetRequiredService<NpgsqlDataSource>();
            var all = (long)(await Scalar(database, $"select count(*) from {Schema.Name}.mt_events where type not like 'host%'"))!;
            cases.Add(new Case(
                (int)all,
                new Operation(async () =>
                {
                    await using var client = await StreamClient.OpenAsync(host.Address, "from=start");
                    return await client.UntilAsync(all);
                }),
                new Operation(() => SelectAsync(database))));
        }

        await bench.MeasureAsync(new Track("feed/catch-up", "select of the rows", new Goals(Exponent: 1.1), cases), bench.Settings.RoundsOf(3, 5));
        foreach (var host in hosts) await host.DisposeAsync();
    }

    private static async Task<object?> Scalar(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<long> SelectAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand($"select seq_id, id, stream_id, version, type, data::text, headers::text, timestamp from {Schema.Name}.mt_events order by seq_id");
        await using var row = await command.ExecuteReaderAsync();
        var bytes = 0L;
        while (await row.ReadAsync()) bytes += row.GetString(5).Length;
        return bytes;
    }

    /// <summary>Reads a stream, and keeps when the event of each checkpoint arrived.</summary>
    private sealed class StreamClient : IAsyncDisposable
    {
        private readonly HttpClient _client;
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _arrivals = new();
        private readonly TaskCompletionSource<long> _reached = new();
        private Task _reading = Task.CompletedTask;
        private long _wanted = long.MaxValue;
        private long _count;
        private long _bytes;

        private StreamClient(Uri server) => _client = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

        public static async Task<StreamClient> OpenAsync(Uri server, string query)
        {
            var client = new StreamClient(server);
            var body = await client._client.GetStreamAsync(new Uri($"v1/events/stream?{query}", UriKind.Relative));
            client._reading = Task.Run(() => client.ReadAsync(body));
            return client;
        }

        public Task<long> ArrivalAsync(string checkpoint) => Of(checkpoint).Task;

        /// <summary>Once so many events have come; returns their bytes.</summary>
        public Task<long> UntilAsync(long events)
        {
            Volatile.Write(ref _wanted, events);
            if (Volatile.Read(ref _count) >= events) _reached.TrySetResult(_bytes);
            return _reached.Task;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _client.Dispose();
            _stop.Dispose();
        }

        private async Task ReadAsync(Stream body)
        {
            await foreach (var item in SseParser.Create(body).EnumerateAsync(_stop.Token))
            {
                if (item.Data.Length == 0) continue;
                if (Volatile.Read(ref _wanted) == long.MaxValue && item.Data.IndexOf("\"subject\":\"", StringComparison.Ordinal) is var at and >= 0)
                    Of(item.Data[(at + 11)..item.Data.IndexOf('"', at + 11)]).TrySetResult(Stopwatch.GetTimestamp());
                _bytes += item.Data.Length;
                if (Interlocked.Increment(ref _count) >= Volatile.Read(ref _wanted)) _reached.TrySetResult(_bytes);
            }
        }

        private TaskCompletionSource<long> Of(string checkpoint) => _arrivals.GetOrAdd(checkpoint, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>PostgreSQL's own: one connection that notifies, one that listens.</summary>
    private sealed class BareNotify : IAsyncDisposable
    {
        private readonly NpgsqlConnection _teller;
        private readonly NpgsqlConnection _listener;

        private BareNotify(NpgsqlConnection teller, NpgsqlConnection listener) => (_teller, _listener) = (teller, listener);

        public static async Task<BareNotify> OpenAsync(NpgsqlDataSource database)
        {
            var listener = await database.OpenConnectionAsync();
            await using var listen = new NpgsqlCommand("listen bare", listener);
            await listen.ExecuteNonQueryAsync();
            return new BareNotify(await database.OpenConnectionAsync(), listener);
        }

        public async Task<double> RoundTripAsync()
        {
            var arrival = _listener.WaitAsync();
            var sent = Stopwatch.GetTimestamp();
            await using var notify = new NpgsqlCommand("notify bare", _teller);
            var told = notify.ExecuteNonQueryAsync();
            await arrival;
            var arrived = Stopwatch.GetTimestamp();
            await told;
            return Stopwatch.GetElapsedTime(sent, arrived).TotalSeconds;
        }

        public async ValueTask DisposeAsync()
        {
            await _teller.DisposeAsync();
            await _listener.DisposeAsync();
        }
    }
}
