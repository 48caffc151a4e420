using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Tests.Events;
using RabbitMQ.Client;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>Publishing to a real RabbitMQ: every event, in order, and never one less.</summary>
public sealed class RabbitMqTests(RabbitFixture rabbit) : IClassFixture<RabbitFixture>
{
    private readonly string _exchange = $"events-{Guid.NewGuid():n}";

    private RabbitMqSettings Settings => new(rabbit.Server.Uri, _exchange);

    [Fact]
    public async Task Every_event_is_published_once_in_order_as_a_cloud_event()
    {
        await using var host = await TestHost.StartAsync();
        await BindAsync("all", "#");
        var one = await host.DefineAsync("one");
        for (var i = 0; i < 120; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        await using var publishing = new Publishing(host, Settings);
        await publishing.UntilAllAsync(host);
        await FeedTests.CreateAsync(host, "one", "live");
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/c0");
        await publishing.UntilAllAsync(host);

        var table = await FeedTests.TableAsync(host);
        var received = await DrainAsync("all", table.Length);
        Assert.Equal(table, received.Select(message => message.Sequence));
        var (_, page, _) = await host.SendAsync(HttpMethod.Get, $"/v1/events?limit={table.Length}");
        Assert.Equal(page["items"]!.AsArray().Select(item => item!.ToJsonString()), received.Select(message => message.Body.ToJsonString()));
        Assert.Equal($"domain.registered.{one}", received[0].RoutingKey);
        Assert.Equal($"checkpoint.deleted.{one}", received[^1].RoutingKey);
        Assert.All(received, message =>
        {
            Assert.Equal(("application/cloudevents+json", (string?)message.Body["id"], (string?)message.Body["type"]), (message.Properties.ContentType, message.Properties.MessageId, message.Properties.Type));
            Assert.True(message.Properties.Persistent);
            Assert.Equal(DateTimeOffset.Parse((string)message.Body["recordedtime"]!, null).ToUnixTimeSeconds(), message.Properties.Timestamp.UnixTime);
        });
        Assert.Equal((true, true, 0L, null), (publishing.Status.Running, publishing.Status.Connected, publishing.Status.Lag, publishing.Status.Fault));
    }

    [Fact]
    public async Task Bindings_choose_by_what_happened_and_by_domain()
    {
        await using var host = await TestHost.StartAsync();
        var (one, two) = (await host.DefineAsync("one"), await host.DefineAsync("two"));
        foreach (var name in (string[])["one", "two"])
        {
            await FeedTests.CreateAsync(host, name, "a");
            await FeedTests.CreateAsync(host, name, "b");
            await host.SendAsync(HttpMethod.Delete, $"/v1/domains/{name}/checkpoints/b");
        }

        string[] bindings = ["checkpoint.#", "*.deleted.*", $"*.*.{two}", $"checkpoint.created.{one}"];
        foreach (var binding in bindings) await BindAsync(binding, binding);
        await using var publishing = new Publishing(host, Settings);
        await publishing.UntilAllAsync(host);
        async Task<string> Of(string binding, int count) => string.Join(' ', (await DrainAsync(binding, count)).Select(message => message.RoutingKey.Replace(one, "1", StringComparison.Ordinal).Replace(two, "2", StringComparison.Ordinal)));
        Assert.Equal("checkpoint.created.1 checkpoint.created.1 checkpoint.deleted.1 checkpoint.created.2 checkpoint.created.2 checkpoint.deleted.2", await Of(bindings[0], 6));
        Assert.Equal("checkpoint.deleted.1 checkpoint.deleted.2", await Of(bindings[1], 2));
        Assert.Equal("domain.registered.2 definition.recorded.2 domain.defined.2 checkpoint.created.2 checkpoint.created.2 checkpoint.deleted.2", await Of(bindings[2], 6));
        Assert.Equal("checkpoint.created.1 checkpoint.created.1", await Of(bindings[3], 2));
    }

    [Fact]
    public async Task A_broker_that_is_killed_in_the_middle_has_everything_in_order_when_it_is_back()
    {
        await using var host = await TestHost.StartAsync();
        await BindAsync("all", "#");
        await host.DefineAsync("one");
        for (var i = 0; i < 400; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        var behind = (await FeedTests.TableAsync(host)).Length;
        // Slowly, so that the kill comes in the middle of a page.
        await using var publishing = new Publishing(host, Settings with { Window = 2 });
        await publishing.UntilAsync(status => status.Position > 0);
        await rabbit.Server.KillAsync();
        await publishing.UntilAsync(status => status.Fault is not null);
        Assert.InRange(publishing.Status.Position, 1, behind - 1);
        Assert.False(publishing.Status.Connected);
        for (var i = 0; i < 20; i++) await FeedTests.CreateAsync(host, "one", $"meanwhile{i}");
        await rabbit.Server.StartAgainAsync();
        await publishing.UntilAllAsync(host);

        var table = await FeedTests.TableAsync(host);
        var sequences = (await DrainAsync("all", table.Length)).Select(message => message.Sequence).ToArray();
        Assert.Equal(table, sequences.Distinct());
        Assert.Equal(table, OnlyBehind(sequences));
        Assert.Single(publishing.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Single(publishing.Log.Lines, line => line.EndsWith("again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_never_confirmed_comes_again_in_the_same_order()
    {
        await using var host = await TestHost.StartAsync();
        await BindAsync("all", "#");
        await using var relay = new Relay(new Uri(rabbit.Server.Uri).Port);
        await using var publishing = new Publishing(host, Settings with { Uri = $"amqp://guest:guest@127.0.0.1:{relay.Port}/", Window = 10 });
        await host.DefineAsync("one");
        await publishing.UntilAllAsync(host);
        relay.GoDeaf();
        for (var i = 0; i < 30; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        // As many as may be under way have arrived, or all of a page that was read before there were so many.
        await using (var queue = await BoundQueue.WatchAsync(rabbit.Server.Uri, $"{_exchange}/all"))
            while (await queue.CountAsync() <= 3) await Task.Yield();
        var position = publishing.Status.Position;
        relay.Cut();
        await publishing.UntilAllAsync(host);

        var table = await FeedTests.TableAsync(host);
        var sequences = (await DrainAsync("all", table.Length)).Select(message => message.Sequence).ToArray();
        Assert.InRange(sequences.Length - table.Length, 1, 10);
        Assert.Equal(table[3], sequences.GroupBy(sequence => sequence).First(group => group.Count() == 2).Key);
        Assert.Equal(table, sequences.Distinct());
        Assert.Equal(table, OnlyBehind(sequences));
        Assert.True(position < publishing.Status.Position);
    }

    [Fact]
    public async Task Who_stops_and_starts_again_goes_on_without_a_second_copy()
    {
        await using var host = await TestHost.StartAsync();
        await BindAsync("all", "#");
        await host.DefineAsync("one");
        for (var i = 0; i < 400; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        await using (var first = new Publishing(host, Settings))
        {
            await first.UntilAsync(status => status.Position > 0);
            await first.StopAsync();
            Assert.True(first.Status.Lag > 0);
        }

        await using var second = new Publishing(host, Settings);
        await second.UntilAllAsync(host);
        var table = await FeedTests.TableAsync(host);
        Assert.Equal(table, (await DrainAsync("all", table.Length)).Select(message => message.Sequence));
    }

    [Fact]
    public async Task Of_two_that_publish_at_once_one_gives_up()
    {
        await using var host = await TestHost.StartAsync();
        await using var other = await host.SecondAsync();
        await BindAsync("all", "#");
        await host.DefineAsync("one");
        await using var first = new Publishing(host, Settings);
        await using var second = new Publishing(other, Settings);
        await first.UntilAllAsync(host);
        await FeedTests.CreateAsync(host, "one", "a");
        var given = await Task.WhenAny(first.Running, second.Running).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PositionMovedException>(() => given);
        var (gone, left) = given == first.Running ? (first, second) : (second, first);
        Assert.Contains("another host publishes", gone.Status.Fault, StringComparison.Ordinal);
        await FeedTests.CreateAsync(host, "one", "b");
        await left.UntilAllAsync(host);
        var table = await FeedTests.TableAsync(host);
        Assert.Equal(table, (await DrainAsync("all", table.Length)).Select(message => message.Sequence).Distinct());
    }

    [Fact]
    public async Task Wrong_credentials_are_told_and_never_shown()
    {
        await using var host = await TestHost.StartAsync();
        var settings = Settings with { Uri = rabbit.Server.Uri.Replace("guest:guest", "nobody:hunter2", StringComparison.Ordinal) };
        await using var publishing = new Publishing(host, settings);
        await publishing.UntilAsync(status => status.Fault is not null);
        Assert.EndsWith("does not accept the credentials in uri", publishing.Status.Fault, StringComparison.Ordinal);
        Assert.False(publishing.Status.Connected);
        Assert.NotEmpty(publishing.Log.Lines);
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
            await channel.ExchangeDeclareAsync(_exchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: TestContext.Current.CancellationToken);
        await using var publishing = new Publishing(host, Settings);
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
        await BindAsync("full", "#", new Dictionary<string, object?> { ["x-max-length"] = 5, ["x-overflow"] = "reject-publish" });
        await host.DefineAsync("one");
        for (var i = 0; i < 250; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        await using var publishing = new Publishing(host, Settings with { Window = window });
        await publishing.UntilAsync(status => status.Fault?.Contains("refused event", StringComparison.Ordinal) == true);
        var table = await FeedTests.TableAsync(host);
        var sequences = (await DrainAsync("full", table.Length)).Select(message => message.Sequence).ToArray();
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

    private Task BindAsync(string queue, string binding, IDictionary<string, object?>? arguments = null) => BoundQueue.DeclareAsync(rabbit.Server.Uri, _exchange, $"{_exchange}/{queue}", binding, arguments);

    private Task<List<Received>> DrainAsync(string queue, int distinct) => BoundQueue.DrainAsync(rabbit.Server.Uri, $"{_exchange}/{queue}", distinct);
}
