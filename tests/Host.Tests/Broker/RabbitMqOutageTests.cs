using EventCheckpoints.Host.Tests.Events;
using RabbitMQ.Client;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>A real RabbitMQ that dies, goes deaf, refuses, or does not let us in: nothing is lost, and what is wrong is told.</summary>
[Collection(nameof(RabbitFixture))]
public sealed class RabbitMqOutageTests(RabbitFixture rabbit)
{
    private readonly TestExchange _exchange = new(rabbit);

    [Fact]
    public async Task A_broker_that_is_killed_in_the_middle_has_everything_in_order_when_it_is_back()
    {
        await using var host = await TestHost.StartAsync();
        await _exchange.BindAsync("all", "#");
        await host.DefineAsync("one");
        for (var i = 0; i < 400; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        var behind = (await FeedTests.TableAsync(host)).Length;
        // Slowly, so that the kill comes in the middle of a page.
        await using var publishing = new Publishing(host, _exchange.Settings with { Window = 2 });
        await publishing.UntilAsync(status => status.Position > 0);
        await rabbit.Server.KillAsync();
        await publishing.UntilAsync(status => status.Fault is not null);
        Assert.InRange(publishing.Status.Position, 1, behind - 1);
        Assert.False(publishing.Status.Connected);
        for (var i = 0; i < 20; i++) await FeedTests.CreateAsync(host, "one", $"meanwhile{i}");
        await rabbit.Server.StartAgainAsync();
        await publishing.UntilAllAsync(host);

        var table = await FeedTests.TableAsync(host);
        var sequences = (await _exchange.DrainAsync("all", table.Length)).Select(message => message.Sequence).ToArray();
        Assert.Equal(table, sequences.Distinct());
        Assert.Equal(table, OnlyBehind(sequences));
        Assert.Single(publishing.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Single(publishing.Log.Lines, line => line.EndsWith("again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_never_confirmed_comes_again_in_the_same_order()
    {
        await using var host = await TestHost.StartAsync();
        await _exchange.BindAsync("all", "#");
        await using var relay = new Relay(new Uri(rabbit.Server.Uri).Port);
        await using var publishing = new Publishing(host, _exchange.Settings with { Uri = $"amqp://guest:guest@127.0.0.1:{relay.Port}/", Window = 10 });
        await host.DefineAsync("one");
        await publishing.UntilAllAsync(host);
        relay.GoDeaf();
        for (var i = 0; i < 30; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        // As many as may be under way have arrived, or all of a page that was read before there were so many.
        await using (var queue = await BoundQueue.WatchAsync(rabbit.Server.Uri, _exchange.Queue("all")))
            while (await queue.CountAsync() <= 3) await Task.Yield();
        var position = publishing.Status.Position;
        relay.Cut();
        await publishing.UntilAllAsync(host);

        var table = await FeedTests.TableAsync(host);
        var sequences = (await _exchange.DrainAsync("all", table.Length)).Select(message => message.Sequence).ToArray();
        Assert.InRange(sequences.Length - table.Length, 1, 10);
        Assert.Equal(table[3], sequences.GroupBy(sequence => sequence).First(group => group.Count() == 2).Key);
        Assert.Equal(table, sequences.Distinct());
        Assert.Equal(table, OnlyBehind(sequences));
        Assert.True(position < publishing.Status.Position);
    }

    [Fact]
    public async Task Wrong_credentials_are_told_and_never_shown()
    {
        await using var host = await TestHost.StartAsync();
        var settings = _exchange.Settings with { Uri = rabbit.Server.Uri.Replace("guest:guest", "nobody:hunter2", StringComparison.Ordinal) };
        await using var publishing = new Publishing(host, settings);
        // The log is told a moment after the status.
        await publishing.UntilAsync(status => status.Fault is not null && publishing.Log.Lines.Any());
        Assert.EndsWith("does not accept the credentials in uri", publishing.Status.Fault, StringComparison.Ordinal);
        Assert.False(publishing.Status.Connected);
        Assert.All([.. publishing.Log.Lines, publishing.Status.ToString(), settings.ToString()], said =>
        {
            Assert.DoesNotContain("hunter2", said, StringComparison.Ordinal);
            Assert.DoesNotContain("nobody", said, StringComparison.Ordinal);
        });
        await publishing.StopAsync();
    }

    [Fact]
    public async Task An_exchange_of_another_type_is_told()
    {
        await using var host = await TestHost.StartAsync();
        await using (var connection = await new ConnectionFactory { Uri = new Uri(rabbit.Server.Uri) }.CreateConnectionAsync(TestContext.Current.CancellationToken))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken))
            await channel.ExchangeDeclareAsync(_exchange.Name, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: TestContext.Current.CancellationToken);
        await using var publishing = new Publishing(host, _exchange.Settings);
        await publishing.UntilAsync(status => status.Fault is not null);
        Assert.Contains("inequivalent arg 'type'", publishing.Status.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task What_a_full_queue_refuses_is_published_until_it_is_taken(int window)
    {
        await using var host = await TestHost.StartAsync();
        // A quorum queue refuses while it is full, and some dozens late: what was under way by then is taken.
        await _exchange.BindAsync("full", "#", new Dictionary<string, object?> { ["x-max-length"] = 5, ["x-overflow"] = "reject-publish" });
        await host.DefineAsync("one");
        for (var i = 0; i < 250; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        await using var publishing = new Publishing(host, _exchange.Settings with { Window = window });
        await publishing.UntilAsync(status => status.Fault?.Contains("refused event", StringComparison.Ordinal) == true);
        var table = await FeedTests.TableAsync(host);
        var sequences = (await _exchange.DrainAsync("full", table.Length)).Select(message => message.Sequence).ToArray();
        Assert.Equal(table, sequences.Distinct().Order(StringComparer.Ordinal));
        if (window == 1) Assert.Equal(table, sequences);
        await publishing.UntilAllAsync(host);
    }

    /// <summary>What a reader keeps who drops all that is not behind the last one.</summary>
    private static IEnumerable<string> OnlyBehind(IEnumerable<string> sequences)
    {
        var last = "";
        foreach (var sequence in sequences)
            if (string.CompareOrdinal(sequence, last) > 0) yield return last = sequence;
    }
}
