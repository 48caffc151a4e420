using System.Globalization;
using System.Net.Http.Json;
using EventCheckpoints.Host.Tests.Broker;
using EventCheckpoints.Host.Tests.Webhooks;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Chaos;

/// <summary>
/// Eight writers, and sixteen readers of every kind, while hosts and readers are killed: each reader's stream without its duplicates is the event table, in order.
/// EVENTCHECKPOINTS_CHAOS_SECONDS makes a soak of it.
/// </summary>
[Collection(nameof(RabbitFixture))]
public sealed class ChaosTests(RabbitFixture rabbit)
{
    private static readonly TimeSpan Duration =
        TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_CHAOS_SECONDS") is { Length: > 0 } given ? given : "12", CultureInfo.InvariantCulture));

    private readonly TestExchange _exchange = new(rabbit);

    [Fact]
    public async Task Whatever_is_killed_every_reader_gets_every_event_in_order()
    {
        var broker = _exchange.Settings;
        await using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.In("broker"), $$"""{"kind":"rabbitmq","uri":"{{broker.Uri}}","exchange":"{{broker.Exchange}}"}""");
        foreach (var queue in (string[])["first", "second"]) await _exchange.BindAsync(queue, "#");
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        await using var hosts = await Hosts.StartAsync(3, "--connection", database.HostConnectionString, "--webhook-allow", "127.0.0.0/8", "--broker", directory.In("broker"));
        await using WebhookTarget one = await WebhookTarget.StartAsync(), two = await WebhookTarget.StartAsync();
        using (var client = new HttpClient())
            foreach (var target in (WebhookTarget[])[one, two]) (await client.PostAsJsonAsync(new Uri(hosts.Urls[0], "/v1/webhooks"), new { url = target.Url, from = "start" })).EnsureSuccessStatusCode();
        ChaosReader[] readers =
        [
            .. Enumerable.Range(0, 5).Select(_ => new StreamReader(hosts)), .. Enumerable.Range(0, 3).Select(_ => new PageReader(hosts)),
            .. Enumerable.Range(0, 4).Select(number => new WatchReader(hosts, directory.In($"cursor{number}"))),
        ];

        try
        {
            foreach (var reader in readers) reader.Start();
            var table = await StormAsync(database, hosts, readers, one, two);
            var twice = new Dictionary<string, int>();
            foreach (var reader in readers) twice[reader.Kind] = twice.GetValueOrDefault(reader.Kind) + Check(table, reader);
            foreach (var target in (WebhookTarget[])[one, two]) twice["webhook"] = twice.GetValueOrDefault("webhook") + Check(table, target.Received, hosts.Kills);
            foreach (var queue in (string[])["first", "second"]) twice["broker"] = twice.GetValueOrDefault("broker") + Check(table, await _exchange.DrainAsync(queue, table.Length), hosts.Kills);
            Assert.Equal(string.Concat(hosts.Urls.Select(_ => "ok\n")), await hosts.HealthAsync());
            Console.WriteLine(
                $"chaos of {Duration.TotalSeconds} s: {table.Length} events ({table[^1] - table.Length} numbers are none), {hosts.Kills} hosts and {readers.Sum(reader => reader.Kills)} readers killed; " +
                $"came twice: {string.Join(", ", twice.Select(kind => $"{kind.Key} {kind.Value}"))}");
        }
        finally
        {
            foreach (var reader in readers) await reader.DisposeAsync();
        }
    }

    /// <summary>Writes and kills for a while; then everybody catches up.</summary>
    /// <returns>The sequences of all events.</returns>
    private static async Task<long[]> StormAsync(TestDatabase database, Hosts hosts, ChaosReader[] readers, params WebhookTarget[] targets)
    {
        using var written = new CancellationTokenSource();
        using var writers = new Writers(hosts);
        var writing = Enumerable.Range(0, 8).Select(number => Task.Run(() => writers.WriteAsync(number, written.Token))).Append(Task.Run(() => Writers.StraggleAsync(database.ConnectionString, written.Token))).ToArray();
        var end = DateTime.UtcNow + Duration;
        var random = new Random(Environment.TickCount);
        for (var kill = 0; DateTime.UtcNow < end; kill++)
        {
            await Task.Delay(random.Next(100, 700));
            if (kill % 3 == 2) await hosts.KillAsync(random.Next(hosts.Urls.Count));
            else readers[random.Next(readers.Length)].Kill();
            foreach (var failed in readers.Select(reader => reader.Reading).Concat(writing).Where(task => task.IsFaulted)) await failed;
        }

        await written.CancelAsync();
        await Task.WhenAll(writing);
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString);
        long[] table = [];
        await EventuallyAsync(
            async () =>
            {
                foreach (var failed in readers.Select(reader => reader.Reading).Where(task => task.IsFaulted)) await failed;
                table = await TableAsync(owner);
                return readers.All(reader => reader.Last == table[^1]) && targets.All(target => target.Received.Select(message => message.Sequence).Distinct().Count() >= table.Length);
            },
            () => string.Join(", ", readers.Select(reader => $"{reader.Kind} {reader.Last}")) + $", webhooks {string.Join(' ', targets.Select(target => target.Received.Length))} of {table.Length} to {table[^1]}");
        foreach (var reader in readers) await reader.StopAsync();
        Assert.Equal(0L, await owner.CreateCommand("select count(*) from eventcheckpoints.webhook_dead_letters").ExecuteScalarAsync());
        return table;
    }

    /// <summary>Within a life each event once; behind a kill from where the position was kept, and nothing missing.</summary>
    /// <returns>How many came twice.</returns>
    private static int Check(long[] table, ChaosReader reader)
    {
        foreach (var run in reader.Runs) Assert.Equal(run.Distinct().Order(), run);
        Assert.Equal(table, NotAboveTheLast(reader.Runs.SelectMany(run => run)));
        return reader.Runs.Sum(run => run.Count) - table.Length;
    }

    /// <summary>In order for each domain; again only what was on its way when a host was killed: one for each domain.</summary>
    private static int Check(long[] table, IReadOnlyList<Webhooks.Received> messages, int kills)
    {
        var got = messages.Select(message => (message.Domain, Sequence: long.Parse(message.Sequence, CultureInfo.InvariantCulture))).ToArray();
        Assert.Equal(table, got.Select(message => message.Sequence).Distinct().Order());
        foreach (var domain in got.GroupBy(message => message.Domain))
        {
            var sequences = domain.Select(message => message.Sequence).ToArray();
            Assert.Equal(sequences.Distinct().Order(), NotAboveTheLast(sequences));
            Assert.InRange(sequences.Length - sequences.Distinct().Count(), 0, kills);
        }

        return got.Length - table.Length;
    }

    /// <summary>In order; where it goes back, another host has taken over from one that was killed.</summary>
    private static int Check(long[] table, IReadOnlyList<Broker.Received> messages, int kills)
    {
        var got = messages.Select(message => long.Parse(message.Sequence, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(table, NotAboveTheLast(got));
        Assert.InRange(got.Zip(got.Skip(1)).Count(pair => pair.Second <= pair.First), 0, kills);
        return got.Length - table.Length;
    }

    /// <summary>What a consumer keeps who drops what is not above the last that it has.</summary>
    private static List<long> NotAboveTheLast(IEnumerable<long> sequences)
    {
        var kept = new List<long>();
        foreach (var sequence in sequences)
            if (kept.Count == 0 || sequence > kept[^1]) kept.Add(sequence);
        return kept;
    }

    private static async Task<long[]> TableAsync(NpgsqlDataSource owner)
    {
        await using var command = owner.CreateCommand("select seq_id from eventcheckpoints.mt_events where stream_id in (select domain_id from eventcheckpoints.domains) order by seq_id");
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<long>();
        while (await row.ReadAsync()) found.Add(row.GetInt64(0));
        return [.. found];
    }

    /// <summary>Webhooks that were sent what was lost with a host have to catch up: more patience than elsewhere.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var deadline = DateTime.UtcNow + TimeSpan.FromMinutes(3) + Duration;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, otherwise());
            await Task.Delay(100);
        }
    }
}
