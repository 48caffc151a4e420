using System.Globalization;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Tests.Events;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>What is published and when the position moves, whatever the broker is.</summary>
public sealed class BrokerPublisherTests
{
    [Fact]
    public async Task After_a_fault_it_goes_on_from_the_first_that_is_not_confirmed()
    {
        await using var host = await FilledAsync();
        var broker = new RecordingBroker(attempt => attempt switch { 0 => 0, 1 => 2, 2 => 1, _ => null });
        await using var publishing = new Publishing(host, new RecordingBroker.Settings(broker));
        await publishing.UntilAllAsync(host);
        Assert.Equal(await SequencesAsync(host), broker.Got);
        Assert.Equal(4, broker.Connections);
        Assert.Single(publishing.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Single(publishing.Log.Lines, line => line.StartsWith("Information", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_position_stays_before_what_is_not_confirmed()
    {
        await using var host = await FilledAsync();
        await using (var away = new Publishing(host, new RecordingBroker.Settings(new RecordingBroker(_ => 0))))
        {
            await away.UntilAsync(status => status.Fault == "gone");
            Assert.Equal((0, true), (away.Status.Position, away.Status.Lag > 0));
            await away.StopAsync();
        }

        var broker = new RecordingBroker(_ => null);
        await using var publishing = new Publishing(host, new RecordingBroker.Settings(broker));
        await publishing.UntilAllAsync(host);
        Assert.Equal(await SequencesAsync(host), broker.Got);
    }

    [Fact]
    public async Task From_now_on_means_what_comes_and_only_the_first_time()
    {
        await using var host = await FilledAsync();
        var before = await SequencesAsync(host);
        var broker = new RecordingBroker(_ => null);
        var settings = new RecordingBroker.Settings(broker) { From = BrokerStart.Now };
        await using (var first = new Publishing(host, settings))
        {
            await first.UntilAsync(status => status.Connected);
            await first.StopAsync();
        }

        await FeedTests.CreateAsync(host, "one", "later");
        await using var second = new Publishing(host, settings);
        await second.UntilAllAsync(host);
        Assert.Equal((await SequencesAsync(host)).Except(before), broker.Got);
    }

    [Fact]
    public async Task A_filter_lets_through_what_it_says_and_the_position_goes_on()
    {
        await using var host = await FilledAsync();
        var broker = new RecordingBroker(_ => null);
        await using var publishing = new Publishing(host, new RecordingBroker.Settings(broker) { Filter = new BrokerFilter(Type: "*.checkpoint.created.*", Checkpoint: "c*") });
        await publishing.UntilAllAsync(host);
        Assert.Equal(5, broker.Got.Count);
        await FeedTests.CreateAsync(host, "one", "other");
        await publishing.UntilAllAsync(host);
        Assert.Equal(5, broker.Got.Count);
    }

    private static async Task<TestHost> FilledAsync()
    {
        var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        for (var i = 0; i < 5; i++) await FeedTests.CreateAsync(host, "one", $"c{i}");
        return host;
    }

    private static async Task<IEnumerable<long>> SequencesAsync(TestHost host) => (await FeedTests.TableAsync(host)).Select(sequence => long.Parse(sequence, CultureInfo.InvariantCulture));
}
