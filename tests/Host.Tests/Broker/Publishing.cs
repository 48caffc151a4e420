using EventCheckpoints.Host.Broker;
using EventCheckpoints.Projections;
using EventCheckpoints.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>A publisher that runs on a host, until it is stopped.</summary>
internal sealed class Publishing : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BrokerPublisher _publisher;

    public Publishing(TestHost host, BrokerSettings settings)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new Provider(Log)));
        _publisher = new BrokerPublisher(settings, host.Services.GetRequiredService<FeedTip>(), host.Services.GetRequiredService<NpgsqlDataSource>(), factory.CreateLogger<BrokerPublisher>());
        Running = Task.Run(() => _publisher.RunAsync(_stop.Token));
    }

    public RecordingLog Log { get; } = new();

    public Task Running { get; }

    public BrokerStatus Status => _publisher.Status;

    public async Task UntilAsync(Func<BrokerStatus, bool> condition)
    {
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (!condition(Status))
        {
            Assert.True(DateTime.UtcNow < deadline, $"it came to {Status}");
            if (Running.IsFaulted) await Running;
            await Task.Yield();
        }
    }

    /// <summary>Until all there is now has been published.</summary>
    public async Task UntilAllAsync(TestHost host)
    {
        var end = await host.Services.GetRequiredService<FeedTip>().NowAsync(TestContext.Current.CancellationToken);
        await UntilAsync(status => status.Position >= end);
    }

    /// <summary>In order, as at the end of a host.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Running);
        Assert.False(Status.Running);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Running);
        _stop.Dispose();
    }

    private sealed class Provider(ILogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
