using EventCheckpoints.Host.Duties;
using EventCheckpoints.Projections;
using Npgsql;
using Polly;
using Polly.Retry;

namespace EventCheckpoints.Host.Broker;

/// <summary>
/// Publishes every event of the feed, in order, at least once. The position moves only behind what the broker has confirmed: a crash in between publishes
/// a page again, and skips nothing.
/// </summary>
public sealed partial class BrokerPublisher : IDuty
{
    /// <summary>For the page that is under way when it is told to stop, so that an orderly end publishes nothing twice.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly BrokerSettings _settings;
    private readonly FeedTip _tip;
    private readonly BrokerPositions _positions;
    private readonly ILogger _log;
    private readonly ResiliencePipeline _untilItWorks;
    private readonly string _filter;

    private IBroker? _broker;
    private long _position;
    private long _reach;
    private string? _fault;

    public BrokerPublisher(BrokerSettings settings, FeedTip tip, NpgsqlDataSource database, ILogger<BrokerPublisher> log)
    {
        (_settings, _tip, _positions, _log) = (settings, tip, new BrokerPositions(database), log);
        _filter = FeedTip.KeyOf(settings.Wanted);
        _untilItWorks = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<BrokerException>(),
            // Which Polly takes for no limit.
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = TimeSpan.FromSeconds(30),
            OnRetry = attempt => AwayAsync(attempt.Outcome.Exception!.Message, attempt.Context.CancellationToken),
        }).Build();
    }

    public string Name => _settings.Name;

    public BrokerStatus Status
    {
        get
        {
            var (broker, position) = (Volatile.Read(ref _broker), Volatile.Read(ref _position));
            return new BrokerStatus(Name, broker is not null, position, Math.Max(0, Volatile.Read(ref _reach) - position), broker?.IsConnected ?? false, Volatile.Read(ref _fault));
        }
    }

    /// <exception cref="SupersededException">Another host publishes to the same broker.</exception>
    /// <exception cref="NpgsqlException">The database is away. A broker that is away is waited for instead.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var broker = _settings.Open();
        Volatile.Write(ref _fault, null);
        Volatile.Write(ref _broker, broker);
        using var finish = new CancellationTokenSource();
        await using var grace = cancellation.Register(() => finish.CancelAfter(Grace));
        try
        {
            var now = await _tip.NowAsync(cancellation);
            Volatile.Write(ref _reach, now);
            Volatile.Write(ref _position, await _positions.OpenAsync(Name, _settings.From == BrokerStart.Now ? now : 0, cancellation));
            // Not only once there is something to publish: what is wrong is to be seen early.
            await PublishAsync(broker, [], cancellation, finish.Token);
            while (true) await NextAsync(broker, cancellation, finish.Token);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Volatile.Write(ref _fault, fault.Message);
            throw;
        }
        finally
        {
            Volatile.Write(ref _broker, null);
        }
    }

    private async Task NextAsync(IBroker broker, CancellationToken cancellation, CancellationToken finish)
    {
        var position = _position;
        var reach = await _tip.BeyondAsync(position, Timeout.InfiniteTimeSpan, cancellation);
        Volatile.Write(ref _reach, reach);
        var page = await _tip.PageAsync(_settings.Wanted, _filter, position, reach, cancellation);
        await PublishAsync(broker, page.Events, cancellation, finish);
        await _positions.MoveAsync(Name, position, page.Position, finish);
        Volatile.Write(ref _position, page.Position);
    }

    /// <summary>
    /// Returns once all are confirmed. After a fault it goes on from the first that is not: what a broker has got over one connection is a prefix of what was sent over it. So each
    /// connection's run begins there or before and has no hole, and whenever an event arrives, all before it have.
    /// </summary>
    private async Task PublishAsync(IBroker broker, IReadOnlyList<FeedEvent> events, CancellationToken cancellation, CancellationToken finish)
    {
        var confirmed = 0;
        await _untilItWorks.ExecuteAsync(
            async stop =>
            {
                if (!broker.IsConnected) await broker.ConnectAsync(stop);
                try
                {
                    if (confirmed < events.Count) await broker.PublishAsync([.. events.Skip(confirmed)], finish);
                }
                catch (BrokerException some)
                {
                    confirmed += some.Confirmed;
                    throw;
                }
            },
            cancellation);
        if (Interlocked.Exchange(ref _fault, null) is not null) _log.Back(Name);
    }

    /// <summary>Once an outage it is told; how far behind we are is looked at each time.</summary>
    private async ValueTask AwayAsync(string fault, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _fault, fault) is null) _log.Away(Name, fault);
        Volatile.Write(ref _reach, await _tip.NowAsync(cancellation));
    }
}

internal static partial class BrokerPublisherLog
{
    [LoggerMessage(40, LogLevel.Warning, "Nothing is published to {broker}, which is tried again until it works: {fault}")]
    public static partial void Away(this ILogger log, string broker, string fault);

    [LoggerMessage(41, LogLevel.Information, "Events are published to {broker} again")]
    public static partial void Back(this ILogger log, string broker);
}
