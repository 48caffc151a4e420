using EventCheckpoints.Host.Duties;
using EventCheckpoints.Host.Tests.Events;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>Publishing to a real RabbitMQ: every event, in order, for whom it is bound to.</summary>
[Collection(nameof(RabbitFixture))]
public sealed class RabbitMqTests(RabbitFixture rabbit)
{
    private readonly TestExchange _exchange = new(rabbit);

    [Fact]
    public async Task Every_event_is_published_once_in_order_as_a_cloud_event()
    {
        await using var host = await TestHost.StartAsync();
        await _exchange.BindAsync("all", "#");
        var one = await host.DefineAsync("one");
        for (var i = 0; i < 120; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        await using var publishing = new Publishing(host, _exchange.Settings);
        await publishing.UntilAllAsync(host);
        await FeedTests.CreateAsync(host, "one", "live");
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/c0");
        await publishing.UntilAllAsync(host);

        var table = await FeedTests.TableAsync(host);
        var received = await _exchange.DrainAsync("all", table.Length);
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
    public async Task Of_two_hosts_that_are_given_a_broker_one_publishes_and_the_other_when_that_one_has_gone()
    {
        await _exchange.BindAsync("all", "#");
        await using var host = await TestHost.StartAsync();
        var (none, _, _) = await host.SendAsync(HttpMethod.Get, "/v1/broker");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none);
        var hosts = new List<TestHost> { await host.SecondAsync(options => options with { Broker = _exchange.Settings }), await host.SecondAsync(options => options with { Broker = _exchange.Settings }) };
        await host.DefineAsync("one");
        await _exchange.DrainAsync("all", 3);
        var running = await RunningAsync();
        Assert.Single(running, true);
        var first = hosts[Array.IndexOf(running, true)];
        hosts.Remove(first);
        await first.StopAsync();
        await first.DisposeAsync();
        await FeedTests.CreateAsync(host, "one", "a");
        Assert.Equal((await FeedTests.TableAsync(host))[^1], Assert.Single(await _exchange.DrainAsync("all", 1)).Sequence);
        Assert.True((await RunningAsync())[0]);
        await hosts[0].DisposeAsync();

        async Task<bool[]> RunningAsync() => await Task.WhenAll(hosts.Select(async one => (bool)(await one.SendAsync(HttpMethod.Get, "/v1/broker")).Body["running"]!));
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
        foreach (var binding in bindings) await _exchange.BindAsync(binding, binding);
        await using var publishing = new Publishing(host, _exchange.Settings);
        await publishing.UntilAllAsync(host);
        async Task<string> Of(string binding, int count) => string.Join(' ', (await _exchange.DrainAsync(binding, count)).Select(message => message.RoutingKey.Replace(one, "1", StringComparison.Ordinal).Replace(two, "2", StringComparison.Ordinal)));
        Assert.Equal("checkpoint.created.1 checkpoint.created.1 checkpoint.deleted.1 checkpoint.created.2 checkpoint.created.2 checkpoint.deleted.2", await Of(bindings[0], 6));
        Assert.Equal("checkpoint.deleted.1 checkpoint.deleted.2", await Of(bindings[1], 2));
        Assert.Equal("domain.registered.2 definition.recorded.2 domain.defined.2 checkpoint.created.2 checkpoint.created.2 checkpoint.deleted.2", await Of(bindings[2], 6));
        Assert.Equal("checkpoint.created.1 checkpoint.created.1", await Of(bindings[3], 2));
    }

    [Fact]
    public async Task Who_stops_and_starts_again_goes_on_without_a_second_copy()
    {
        await using var host = await TestHost.StartAsync();
        await _exchange.BindAsync("all", "#");
        await host.DefineAsync("one");
        for (var i = 0; i < 400; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        await using (var first = new Publishing(host, _exchange.Settings))
        {
            await first.UntilAsync(status => status.Position > 0);
            await first.StopAsync();
            Assert.True(first.Status.Lag > 0);
        }

        await using var second = new Publishing(host, _exchange.Settings);
        await second.UntilAllAsync(host);
        var table = await FeedTests.TableAsync(host);
        Assert.Equal(table, (await _exchange.DrainAsync("all", table.Length)).Select(message => message.Sequence));
    }

    [Fact]
    public async Task Of_two_that_publish_at_once_one_gives_up()
    {
        await using var host = await TestHost.StartAsync();
        await using var other = await host.SecondAsync();
        await _exchange.BindAsync("all", "#");
        await host.DefineAsync("one");
        await using var first = new Publishing(host, _exchange.Settings);
        await using var second = new Publishing(other, _exchange.Settings);
        var given = Task.WhenAny(first.Running, second.Running);
        // At the first event that both see, if they have not met before.
        for (var i = 0; i < 1000 && !given.IsCompleted; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        Assert.True(given.IsCompleted);
        await Assert.ThrowsAsync<SupersededException>(() => given.Unwrap());
        var (gone, left) = await given == first.Running ? (first, second) : (second, first);
        Assert.Contains("another host publishes", gone.Status.Fault, StringComparison.Ordinal);
        await FeedTests.CreateAsync(host, "one", "b");
        await left.UntilAllAsync(host);
        var table = await FeedTests.TableAsync(host);
        Assert.Equal(table, (await _exchange.DrainAsync("all", table.Length)).Select(message => message.Sequence).Distinct());
    }
}
