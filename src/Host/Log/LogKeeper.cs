using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Log;

/// <summary>Keeps the log close behind the events while the host runs, and signs it at the interval.</summary>
public sealed partial class LogKeeper(LogWriter writer, LogSigner signer, LogSettings settings, Faults faults, ILogger<LogKeeper> log) : BackgroundService
{
    /// <summary>How long an event may wait for its entry.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private DateTime _signed = DateTime.MinValue;

    /// <summary>Why nothing is signed any more; null while all is well. /healthz says it.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            do await RoundAsync(stoppingToken);
            while (Fault is null && await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends. What is not in the log yet, the next one adds.
        }
    }

    private async Task RoundAsync(CancellationToken cancellation)
    {
        try
        {
            if (DateTime.UtcNow - _signed < settings.Interval)
            {
                await writer.AppendAsync(cancellation);
                return;
            }

            await signer.SignAsync(cancellation);
            _signed = DateTime.UtcNow;
        }
        catch (InconsistentLogException inconsistent)
        {
            // Signing would be the one wrong thing to do. Serving goes on: people have to be able to look.
            Fault = inconsistent.Message;
            faults.Add("log", inconsistent.Message);
            log.Inconsistent(inconsistent.Message);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
        {
            // The next round tries again.
            log.Away(away.Message);
        }
    }
}

internal static partial class LogKeeperLog
{
    [LoggerMessage(31, LogLevel.Critical, "The tamper-evident log contradicts what was signed, and is neither signed nor added to any more: {fault}. `eventcheckpoints audit verify` says where")]
    public static partial void Inconsistent(this ILogger log, string fault);

    [LoggerMessage(32, LogLevel.Warning, "The tamper-evident log waits: {fault}")]
    public static partial void Away(this ILogger log, string fault);
}
