using System.Diagnostics;
using System.Runtime.CompilerServices;
using EventCheckpoints.Host.Duties;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;
using MediatR;
using Polly;
using Polly.Retry;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>What delivering needs, for all webhooks.</summary>
public sealed record WebhookTools(FeedTip Tip, IMediator Mediator, WebhookLanes Lanes, WebhookSender Sender, TimeProvider Time);

/// <summary>
/// Delivers to one webhook: the feed is spread over lanes, one for each domain, each in order and all at once. At least once: what is not known to be delivered is sent
/// again.
/// </summary>
public sealed class WebhookRunner(Webhook webhook, WebhookTools tools) : IDisposable
{
    /// <summary>Requests to one target at a time.</summary>
    private const int Parallel = 8;

    private const int LanePage = 20;

    /// <summary>How long the position may lag behind events that nobody wanted.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots = new(Parallel);
    private readonly string _filter = FeedTip.KeyOf(webhook.Filter);
    private DateTimeOffset _notBefore = webhook.NotBefore ?? DateTimeOffset.MinValue;

    /// <summary>Until told to stop.</summary>
    /// <exception cref="SupersededException">The webhook is not what it was: begin again with what it is now, if it is to be delivered to.</exception>
    public Task RunAsync(CancellationToken cancellation) => System.Threading.Tasks.Parallel.ForEachAsync(
        LanesAsync(cancellation),
        // A lane may wait for a day; none keeps another from going on.
        new ParallelOptions { MaxDegreeOfParallelism = int.MaxValue, CancellationToken = cancellation },
        async (lane, ends) => await FollowAsync(lane, ends));

    public void Dispose() => _slots.Dispose();

    /// <summary>The lanes that were open, and then each that opens as events come.</summary>
    private async IAsyncEnumerable<Lane> LanesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var lane in await tools.Lanes.OpenAsync(webhook, cancellation)) yield return lane;
        var (position, saved, written) = (webhook.Position, webhook.Position, Stopwatch.GetTimestamp());
        while (true)
        {
            var page = await NextAsync(position, cancellation) ?? new FeedPage([], position);
            position = page.Position;
            // What nobody wanted is passed by in memory, and written down now and then.
            if (page.Events.Count == 0 && (position == saved || Stopwatch.GetElapsedTime(written) < Settle)) continue;
            foreach (var lane in await tools.Lanes.SpreadAsync(webhook, saved, page, cancellation)) yield return lane;
            (saved, written) = (position, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Null where nothing came for a while.</summary>
    private async Task<FeedPage?> NextAsync(long position, CancellationToken cancellation)
    {
        try
        {
            return await tools.Tip.PageAsync(webhook.Filter, _filter, position, await tools.Tip.BeyondAsync(position, Settle, cancellation), cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task FollowAsync(Lane lane, CancellationToken cancellation)
    {
        for (Lane? at = lane; at is not null;)
        {
            var page = await tools.Mediator.Send(new ReadFeed(webhook.Filter with { Domain = at.Domain }, at.Position, at.Until, LanePage), cancellation);
            if (page.Events.Count == 0)
            {
                // What was to come is no longer there: the law may have had it erased.
                await tools.Lanes.EndAsync(webhook, at, cancellation);
                return;
            }

            foreach (var happened in page.Events)
            {
                at = await DeliverAsync(at, happened, cancellation);
                if (at is null) return;
            }
        }
    }

    /// <returns>The lane behind the event; null where it has ended.</returns>
    private async Task<Lane?> DeliverAsync(Lane lane, FeedEvent happened, CancellationToken cancellation)
    {
        if (lane.Due is { } due) await UntilAsync(due, cancellation);
        var body = CloudEvents.Json(happened);
        var at = lane;
        var retries = new ResiliencePipelineBuilder<Step> { TimeProvider = tools.Time }.AddRetry(new RetryStrategyOptions<Step>
        {
            // It is counted beside the lane, across restarts.
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = step => ValueTask.FromResult(step.Outcome.Result is { IsPassed: false }),
            DelayGenerator = step => ValueTask.FromResult<TimeSpan?>(Remaining(step.Outcome.Result!.Lane!.Due!.Value)),
        }).Build();
        var passed = await retries.ExecuteAsync(async ends =>
        {
            var step = await AttemptAsync(at, happened, body, ends);
            at = step.Lane ?? at;
            return step;
        }, cancellation);
        return passed.Lane;
    }

    private async Task<Step> AttemptAsync(Lane lane, FeedEvent happened, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            await UntilAsync(_notBefore, cancellation);
            var attempt = await tools.Sender.SendAsync(webhook, happened.Id.ToString(), body, cancellation);
            var number = lane.Attempts + 1;
            if (attempt.IsDelivered) return new Step(true, await tools.Lanes.PassAsync(webhook, lane, happened.Sequence, number, attempt, isDead: false, cancellation));
            if (attempt.IsGone)
            {
                await tools.Lanes.DisableAsync(webhook, lane, happened.Sequence, attempt, cancellation);
                throw new SupersededException($"webhook {webhook.Id} is gone");
            }

            if (RetrySchedule.After(number, attempt, tools.Time.GetUtcNow()) is not { } retry)
                return new Step(true, await tools.Lanes.PassAsync(webhook, lane, happened.Sequence, number, attempt, isDead: true, cancellation));
            if (retry.AllNotBefore is { } pause && pause > _notBefore) _notBefore = pause;
            return new Step(false, await tools.Lanes.FailAsync(webhook, lane, happened.Sequence, attempt, retry, cancellation));
        }
        finally
        {
            _slots.Release();
        }
    }

    private TimeSpan Remaining(DateTimeOffset time) => time - tools.Time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>A timer waits no longer than some seven weeks, which nothing here does.</summary>
    private Task UntilAsync(DateTimeOffset time, CancellationToken cancellation) => Remaining(time) is var left && left > TimeSpan.Zero ? Task.Delay(left, tools.Time, cancellation) : Task.CompletedTask;

    /// <summary>What came of an attempt.</summary>
    /// <param name="IsPassed">The event is behind the lane, delivered or dead.</param>
    private sealed record Step(bool IsPassed, Lane? Lane);
}
