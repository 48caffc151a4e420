using System.Net.Sockets;
using System.Text;
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
        var readers = new List<(FeedReader Reader, int Begin)>();
        for (var r = 0; r < 12; r++)
        {
            var written = await FeedTests.TableAsync(host);
            var begin = random.Next(written.Length);
            readers.Add((await FeedReader.OpenAsync((r % 2 == 0 ? host : second).Url, "", written[begin]), begin + 1));
        }

        await writing;
        var all = await FeedTests.TableAsync(host);
        Assert.Equal((4 * 3) + (4 * 50), all.Length);
        foreach (var (reader, begin) in readers)
        {
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
    public async Task Five_hundred_who_wait_are_all_told()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var readers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => FeedReader.OpenAsync(host.Url)));
        await FeedTests.CreateAsync(host, "one", "a");
        foreach (var reader in readers)
        {
            await reader.UntilAsync(1);
            Assert.Contains("\"subject\":\"a\"", Assert.Single(reader.Data), StringComparison.Ordinal);
        }

        foreach (var reader in readers) await reader.DisposeAsync();
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
