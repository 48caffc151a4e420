using System.Text;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Log;

/// <summary>
/// Each signed checkpoint as a file outside of the database: only what others hold binds who could rewrite all of it. A directory that cannot be reached holds nothing
/// else up: it is told by /healthz, and gets what it missed when it is there again.
/// </summary>
public sealed partial class LogPublisher(NpgsqlDataSource database, LogSettings settings, Faults faults, ILogger<LogPublisher> log)
{
    private const string Extension = ".note";
    private const string Fault = "log-publish";

    /// <summary>The newest checkpoint that was published; null where none was, or none can be read.</summary>
    public Task<LogCheckpoint?> NewestAsync(CancellationToken cancellation) => ReachAsync(async (directory, key) =>
        Newest(directory) is { } newest && SignedNote.Parse(await File.ReadAllTextAsync(newest, cancellation)) is { } note && LogKey.Verify(key.Public, note)
            ? LogCheckpoint.Parse(note.Text)
            : null);

    /// <summary>Writes what was signed since the newest file.</summary>
    public Task PublishAsync(CancellationToken cancellation) => ReachAsync<object>(async (directory, key) =>
    {
        var after = Newest(directory) is { } newest && Sequence.TryParse(Path.GetFileNameWithoutExtension(newest), out var size) ? size : 0;
        await using var command = database.CreateCommand($"select size, note from {Schema.Name}.log_checkpoints where origin = $1 and size > $2 order by size");
        command.Parameters.AddWithValue(key.Public.Name);
        command.Parameters.AddWithValue(after);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var path = Path.Combine(directory, Sequence.Text(row.GetInt64(0)) + Extension);
            var fresh = $"{path}.{Guid.NewGuid():n}";
            await using (var file = new FileStream(fresh, FileMode.CreateNew))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(row.GetString(1)), cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }

        return null;
    });

    /// <summary>Whatever else lies there is nobody's business here.</summary>
    private static string? Newest(string directory) =>
        Directory.EnumerateFiles(directory, "*" + Extension).Where(file => Sequence.TryParse(Path.GetFileNameWithoutExtension(file), out _)).Max(StringComparer.Ordinal);

    private async Task<T?> ReachAsync<T>(Func<string, LogKey, Task<T?>> run)
        where T : class
    {
        if (settings is not { PublishTo: { } directory, Key: { } key }) return null;
        try
        {
            var result = await run(directory, key);
            faults.Remove(Fault);
            return result;
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            faults.Add(Fault, $"signed checkpoints do not get to {directory}: {away.Message}");
            log.Unreachable(directory, away.Message);
            return null;
        }
    }
}

internal static partial class LogPublisherLog
{
    [LoggerMessage(33, LogLevel.Warning, "Signed checkpoints do not get to {directory}: {fault}")]
    public static partial void Unreachable(this ILogger log, string directory, string fault);
}
