namespace EventCheckpoints.Host.Postgres;

/// <summary>What an embedded PostgreSQL tells the operator.</summary>
public static partial class PostgresLog
{
    [LoggerMessage(1, LogLevel.Information, "Making a PostgreSQL {version} cluster in {directory}")]
    public static partial void MakingCluster(this ILogger log, int version, string directory);

    [LoggerMessage(2, LogLevel.Information, "PostgreSQL {version} runs in {directory} as user {user}")]
    public static partial void PostgresRuns(this ILogger log, int version, string directory, string user);

    [LoggerMessage(3, LogLevel.Warning, "{directory} was closed to everybody but root; user {user}, which PostgreSQL runs as, may now pass through it (group {group}, g+x)")]
    public static partial void PassageOpened(this ILogger log, string directory, string user, string group);

    [LoggerMessage(4, LogLevel.Warning, "PostgreSQL (process {id}) still runs in {directory} from a host that was killed: starting it anew")]
    public static partial void LeftoverFound(this ILogger log, int id, string directory);

    [LoggerMessage(5, LogLevel.Error, "PostgreSQL in {directory} is gone, though nobody here stopped it: starting it again")]
    public static partial void PostgresGone(this ILogger log, string directory);

    [LoggerMessage(6, LogLevel.Warning, "PostgreSQL in {directory} runs again")]
    public static partial void PostgresBack(this ILogger log, string directory);

    [LoggerMessage(7, LogLevel.Critical, "{sentence} The next try is in {seconds} s.")]
    public static partial void RestartFailed(this ILogger log, string sentence, double seconds);

    [LoggerMessage(8, LogLevel.Error, "PostgreSQL in {directory} does not stop ({message}): cutting it off; the next start recovers")]
    public static partial void CuttingOff(this ILogger log, string directory, string message);
}
