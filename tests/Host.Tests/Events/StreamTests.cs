using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>The stream: replay and live without a seam, for many, for slow ones, over several hosts.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Whoever_attaches_whenever_gets_every_event_once_in_order()
    {
        await using var host = await TestHost.StartAsync();
        await using var second = await host.SecondAsync();
        var random = new Random(4);
        for (var d = 0; d < 4; d++) await host.DefineAsync($"d{d}");
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(d => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await FeedTests.CreateAsync(d % 2 == 0 ? host : second, $"d{d}", $"c{i}");
        })));
        var readers = new List<(FeedReader Reader, string After)>();
        for (var r = 0; r < 12; r++)
        {
            var written = await FeedTests.TableAsync(host);
            var after = written[random.Next(written.Length)];
            readers.Add((await FeedReader.OpenAsync((r % 2 == 0 ? host : second).Url, "", after), after));
        }

        await writing;
        var all = await FeedTests.TableAsync(host);
        Assert.Equal((4 * 3) + (4 * 50), all.Length);
        foreach (var (reader, after) in readers)
        {
            // Not its place then: one that was drawn before it may have been written later.
            var begin = Array.IndexOf(all, after) + 1;
            await reader.UntilAsync(all.Length - begin);
            Assert.Equal(all[begin..], reader.Ids);
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_filtered_reader_that_comes_back_goes_on_where_it_was_even_where_nothing_was_told()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await host.DefineAsync("two");
        await FeedTests.CreateAsync(host, "one", "a");
        using var response = await host.Client.GetAsync(new Uri("/v1/events/stream?from=start&domain=two", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var (id, told) = ("", 0);
        // The id of the last thing that it was not told.
        while (id != "00000000000000000008")
        {
            var line = await lines.ReadLineAsync();
            if (line!.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) told++;
        }

        Assert.Equal(3, told);
        await FeedTests.CreateAsync(host, "two", "b");
        await using var again = await FeedReader.OpenAsync(host.Url, "?domain=two", id);
        await again.UntilAsync(1);
        Assert.Contains("\"subject\":\"b\"", Assert.Single(again.Data), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_is_told_of_a_long_one_as_of_any_other_without_what_is_long()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await using var reader = await FeedReader.OpenAsync(host.Url, "", (await FeedTests.TableAsync(host))[^1]);
        // Told of the first, it waits where the host's own look goes on.
        await FeedTests.CreateAsync(host, "one", "short");
        await reader.UntilAsync(1);
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>long</name><description>{new string('d', 20_000)}</description></domaincheckpoint>"));
        await reader.UntilAsync(2);
        Assert.Equal((await FeedTests.TableAsync(host))[^2..], reader.Ids);
        Assert.DoesNotContain("omitted", reader.Data[0], StringComparison.Ordinal);
        Assert.Contains("\"omitted\":[\"description\"]", reader.Data[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_thousand_who_wait_cost_little_and_are_all_told()
    {
        const int readers = 2_000;
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        await using var host = await ServeProcess.StartAsync("--connection", database.HostConnectionString);
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString);
        using var client = new HttpClient { BaseAddress = host.Client.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        await WriteAsync("/v1/domains", TestHost.DomainXml("one", Guid.NewGuid().ToString()));
        var before = Memory(host.Id);
        var streams = new List<StreamReader>();
        for (var opened = 0; opened < readers; opened += 100)
            streams.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => new StreamReader(await client.GetStreamAsync(new Uri("/v1/events/stream", UriKind.Relative))))));
        // retry, id, and the empty line behind them: they wait now.
        foreach (var stream in streams)
            for (var line = 0; line < 3; line++) await stream.ReadLineAsync();
        // What the host asks with one reader or none; not what 2,000 would, who each asked four times a second. PostgreSQL counts what they asked to begin with some seconds late.
        var rate = double.MaxValue;
        for (var window = 0; window < 10 && rate > 30; window++)
        {
            var (asked, since) = (await TransactionsAsync(), Stopwatch.GetTimestamp());
            await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
            rate = (await TransactionsAsync() - asked) / Stopwatch.GetElapsedTime(since).TotalSeconds;
        }

        var perReader = (Memory(host.Id) - before) / readers;
        var told = Stopwatch.GetTimestamp();
        await WriteAsync("/v1/domains/one/checkpoints", "<domaincheckpoint><name>a</name></domaincheckpoint>");
        foreach (var stream in streams)
        {
            var lines = new List<string?>();
            while (lines.Count < 3) lines.Add(await stream.ReadLineAsync());
            Assert.Contains("\"subject\":\"a\"", lines[2], StringComparison.Ordinal);
            stream.Dispose();
        }

        Console.WriteLine($"{readers} idle streams: {perReader / 1024} KiB each, {rate:0.0} transactions a second in all, {Stopwatch.GetElapsedTime(told).TotalMilliseconds:0} ms until all were told");
        Assert.InRange(rate, 0, 30);
        Assert.InRange(perReader, 0, 100 * 1024);

        async Task WriteAsync(string path, string xml) => (await host.Client.PostAsync(new Uri(path, UriKind.Relative), TestHost.Xml(xml))).EnsureSuccessStatusCode();

        async Task<long> TransactionsAsync() => (long)(await owner.CreateCommand("select xact_commit from pg_stat_database where datname = current_database()").ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task One_who_does_not_read_for_long_gets_all_in_the_end_and_nobody_else_waits()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        using var slow = new TcpClient { ReceiveBufferSize = 1024 };
        await slow.ConnectAsync(host.Url.Host, host.Url.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /v1/events/stream?from=start HTTP/1.0\r\nHost: {host.Url.Authority}\r\n\r\n"));
        var items = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"<domaincheckpoint><name>c{i}</name><description>{new string('d', 2_000)}</description><creationTime>{i}</creationTime></domaincheckpoint>"));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", TestHost.Xml($"<checkpoints>{items}</checkpoints>"));
        var all = await FeedTests.TableAsync(host);
        await using (var quick = await FeedReader.OpenAsync(host.Url, "?from=start")) await quick.UntilAsync(all.Length);
        using var lines = new StreamReader(slow.GetStream());
        var ids = new List<string>();
        while (ids.Count < all.Length)
        {
            // An id with no event is where the stream begins, or what a filter passed over.
            var line = await lines.ReadLineAsync();
            if (line!.StartsWith("id: ", StringComparison.Ordinal) && (await lines.ReadLineAsync())!.StartsWith("event: ", StringComparison.Ordinal)) ids.Add(line[4..]);
        }

        Assert.Equal(all, ids);
    }

    /// <summary>Of a process, in bytes.</summary>
    private static long Memory(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], null) * 1024;

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_and_another_goes_on()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var second = await host.SecondAsync();
        await using var reader = await FeedReader.OpenAsync(second.Url, "?from=start");
        await reader.UntilAsync(3);
        await second.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await reader.Ended.WaitAsync(TimeSpan.FromSeconds(10));
        await FeedTests.CreateAsync(host, "one", "a");
        await using var again = await FeedReader.OpenAsync(host.Url, "", reader.Ids[^1]);
        await again.UntilAsync(1);
        Assert.Equal((await FeedTests.TableAsync(host))[3..], again.Ids);
        await second.DisposeAsync();
    }
}
