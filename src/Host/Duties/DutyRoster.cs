using Npgsql;

namespace EventCheckpoints.Host.Duties;

/// <summary>
/// Does each duty where no other host does: the one that holds PostgreSQL's advisory lock of the duty's name, which is free again the moment its connection is gone.
/// </summary>
/// <remarks>
/// A host that is cut off may work on for a moment beside its successor. So a duty may happen twice, and keeps its place by compare and set. The lock is held by an idle
/// connection and tried for, not waited for: both waiting in a statement and watching by one would keep a snapshot open, and with it all dead rows of the database.
/// </remarks>
public sealed class DutyRoster(string connectionString, IEnumerable<IDuty> duties, Faults faults, ILogger<DutyRoster> log) : BackgroundService
{
    /// <summary>Between attempts to take a duty over.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What the connection is asked for in between, so that a host that is cut off learns of it.</summary>
    private const int KeepAliveSeconds = 5;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(duties.Select(duty => ServeAsync(duty, stoppingToken)));

    private async Task ServeAsync(IDuty duty, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await TakeTurnAsync(duty, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SupersededException)
            {
                log.Lost(duty.Name);
            }
            catch (Exception away) when (DatabaseFaults.IsAway(away))
            {
                log.Interrupted(duty.Name, away.Message);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Passing over what cannot be done would lose it without a word.
                faults.Add(duty.Name, fault.Message);
                log.Stopped(fault, duty.Name);
                return;
            }

            await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Does the duty for as long as the lock is ours; returns at once where it is not.</summary>
    private async Task TakeTurnAsync(IDuty duty, CancellationToken stopping)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { KeepAlive = KeepAliveSeconds, Pooling = false, ApplicationName = $"eventcheckpoints {duty.Name} {Environment.ProcessId}" };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(stopping);
        await using (var take = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = $"eventcheckpoints duty {duty.Name}" } } })
        {
            if (!(bool)(await take.ExecuteScalarAsync(stopping))!) return;
        }

        log.Taken(duty.Name);
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // Nothing is ever told on it: it ends when the connection does.
        var held = connection.WaitAsync(turn.Token);
        var done = duty.RunAsync(turn.Token);
        await Task.WhenAny(held, done);
        await turn.CancelAsync();
        await held.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await done;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            log.Lost(duty.Name);
        }
    }
}

internal static partial class DutyRosterLog
{
    [LoggerMessage(50, LogLevel.Information, "This host does {duty} now")]
    public static partial void Taken(this ILogger log, string duty);

    [LoggerMessage(51, LogLevel.Warning, "This host no longer does {duty}: another one goes on with it")]
    public static partial void Lost(this ILogger log, string duty);

    [LoggerMessage(52, LogLevel.Warning, "{duty} waits for the database: {fault}")]
    public static partial void Interrupted(this ILogger log, string duty, string fault);

    [LoggerMessage(53, LogLevel.Critical, "{duty} stopped at what it cannot do, and stays stopped on this host until it is started again; /healthz says so too")]
    public static partial void Stopped(this ILogger log, Exception fault, string duty);
}
