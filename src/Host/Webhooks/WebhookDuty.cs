using EventCheckpoints.Host.Duties;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>Delivers to all webhooks that are active, each as it is at the moment.</summary>
public sealed class WebhookDuty(WebhookRows rows, WebhookTools tools) : IDuty
{
    /// <summary>How soon a change of a webhook is seen.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan KeepDeliveries = TimeSpan.FromDays(30);

    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    public string Name => "webhooks";

    public async Task RunAsync(CancellationToken cancellation)
    {
        var runs = new Dictionary<Guid, Run>();
        var pruned = DateTimeOffset.MinValue;
        try
        {
            while (true)
            {
                var active = await rows.ActiveAsync(cancellation);
                foreach (var (id, run) in runs.Where(run => run.Value.Task.IsCompleted || !active.TryGetValue(run.Key, out var revision) || revision != run.Value.Revision).ToArray())
                {
                    runs.Remove(id);
                    await run.DisposeAsync();
                }

                foreach (var (id, _) in active.Where(webhook => !runs.ContainsKey(webhook.Key)))
                    if (await rows.FindAsync(id, cancellation) is { State: WebhookStates.Active } webhook) runs.Add(id, new Run(webhook, tools, cancellation));

                if (tools.Time.GetUtcNow() - pruned > PruneEvery)
                {
                    pruned = tools.Time.GetUtcNow();
                    await tools.Lanes.PruneAsync(pruned - KeepDeliveries, cancellation);
                }

                await Task.Delay(Pause, cancellation);
            }
        }
        finally
        {
            foreach (var run in runs.Values) await run.DisposeAsync();
        }
    }

    /// <summary>One webhook at work.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop;
        private readonly WebhookRunner _runner;

        public Run(Webhook webhook, WebhookTools tools, CancellationToken cancellation)
        {
            Revision = webhook.Revision;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _runner = new WebhookRunner(webhook, tools);
            Task = _runner.RunAsync(_stop.Token);
        }

        public long Revision { get; }

        public Task Task { get; }

        /// <summary>Throws what it failed with, unless it was told to stop or superseded.</summary>
        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            try
            {
                await Task;
            }
            catch (Exception e) when (e is SupersededException || (e is OperationCanceledException && _stop.IsCancellationRequested))
            {
                // As it should be.
            }
            finally
            {
                _runner.Dispose();
                _stop.Dispose();
            }
        }
    }
}
