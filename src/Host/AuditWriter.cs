using System.Threading.RateLimiting;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Marten;

namespace EventCheckpoints.Host;

/// <summary>
/// Writes audit records, each in a transaction of its own that is committed before the caller hears an answer: a crash loses none that anybody was told of.
/// Where one cannot be written the request fails.
/// </summary>
public sealed class AuditWriter(IDocumentStore store) : IHostedService, IDisposable
{
    /// <summary>The stream of this run of the host.</summary>
    private readonly Guid _run = Guid.CreateVersion7();

    /// <summary>One at a time: two appends to a stream that both expect nothing would race for its version.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>
    /// Who is not known may not fill the database: after a burst, ten denials a second are written, and the next one says how many were left out.
    /// </summary>
    private readonly TokenBucketRateLimiter _strangers = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 200,
        TokensPerPeriod = 10,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    });

    private long _unrecorded;

    public Task StartAsync(CancellationToken cancellationToken) => WriteAsync(new HostStarted(Environment.MachineName), Itself());

    public Task StopAsync(CancellationToken cancellationToken) => WriteAsync(new HostStopped(Interlocked.Exchange(ref _unrecorded, 0)), Itself());

    /// <summary>A caller who hangs up does not get around it, so nothing cancels it; the database's own time limit does.</summary>
    /// <param name="also">What happens in the same transaction.</param>
    public async Task WriteAsync(AuditRecord record, Envelope by, Action<IDocumentSession>? also = null)
    {
        await _turn.WaitAsync();
        try
        {
            await using var session = store.LightweightSession(Schema.Tenant);
            by.Stamp(session);
            session.Events.Append(_run, record);
            also?.Invoke(session);
            await session.SaveChangesAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A denial. Those of callers who are known are all written; of the others so many as there is room for.</summary>
    public async Task DeniedAsync(AccessDenied denied, Envelope by)
    {
        if (by.Actor is null)
        {
            using var room = _strangers.AttemptAcquire();
            if (!room.IsAcquired)
            {
                Interlocked.Increment(ref _unrecorded);
                return;
            }
        }

        await WriteAsync(denied with { Unrecorded = Interlocked.Exchange(ref _unrecorded, 0) }, by);
    }

    public void Dispose()
    {
        _turn.Dispose();
        _strangers.Dispose();
    }

    private static Envelope Itself() => new("eventcheckpoints", "host", null, Guid.NewGuid().ToString("N"), null, DateTimeOffset.UtcNow);
}
