using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Host.Events;

/// <summary>
/// Rings for those who wait at the end of the feed when this host has appended, here at once and in other hosts by PostgreSQL's NOTIFY. It may fail to ring, or ring
/// for nothing: what there is to read the feed says, and it is looked at now and then without being rung for.
/// </summary>
/// <remarks>
/// The notification is no part of the append: transactions that notify commit one after another, also their fsync, which would take from writers what it gives to
/// readers. It is sent behind it, one for all that were appended since the last.
/// </remarks>
public sealed class EventBell(NpgsqlDataSource database, FeedTip tip) : BackgroundService, IPipelineBehavior<Submit, Result<Submitted>>
{
    private const string Channel = "eventcheckpoints_appended";

    /// <summary>Between attempts to listen again, once the database is away.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Before other hosts are told: this host's readers go first, and what is appended within it needs one ring.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);

    private readonly string _host = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _appended = new(0);

    public async Task<Result<Submitted>> Handle(Submit request, CancellationToken cancellationToken, RequestHandlerDelegate<Result<Submitted>> next)
    {
        var answer = await next();
        if (answer.Refusal is null && answer.Value.Decision.Events.Count > 0 && !request.DryRun)
        {
            tip.Ring();
            _appended.Release();
        }

        return answer;
    }

    public override void Dispose()
    {
        _appended.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(AgainAsync(ListenAsync, stoppingToken), AgainAsync(TellAsync, stoppingToken));

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        connection.Notification += (_, rung) =>
        {
            if (rung.Payload != _host) tip.Ring();
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellation);
        while (true) await connection.WaitAsync(cancellation);
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        await _appended.WaitAsync(cancellation);
        await Task.Delay(Moment, cancellation);
        while (_appended.Wait(0, CancellationToken.None))
        {
            // One is enough for all.
        }

        // Alone in its transaction it writes nothing, and so waits for no disk.
        await using var tell = database.CreateCommand("select pg_notify($1, $2)");
        tell.Parameters.AddWithValue(Channel);
        tell.Parameters.AddWithValue(_host);
        await tell.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task AgainAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await work(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
            {
                // Nobody is rung for until it is back; they look by themselves.
                await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
