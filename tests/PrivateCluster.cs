using EventCheckpoints.Host.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventCheckpoints.Tests;

/// <summary>
/// A cluster that test runs take turns with: the first numbered place whose lock is free. What a killed run left in its place is cleared by whoever takes it
/// next, so nothing piles up.
/// </summary>
internal sealed class PrivateCluster : IAsyncDisposable
{
    private readonly FileStream held;
    private readonly EmbeddedPostgres postgres;

    private PrivateCluster(string directory, FileStream held, EmbeddedPostgres postgres) => (Directory, this.held, this.postgres) = (directory, held, postgres);

    public string Directory { get; }

    public string ConnectionString => postgres.ConnectionString;

    public static async Task<PrivateCluster> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var places = Path.Combine(Path.GetTempPath(), "eventcheckpoints-tests-" + Environment.UserName);
        System.IO.Directory.CreateDirectory(places);
        for (var place = 1; ; place++)
        {
            var directory = Path.Combine(places, $"{place}");
            if (TryHold(directory + ".lock") is not { } held) continue;
            Postmaster.KillAll(Path.Combine(directory, "cluster"));
            await Tool.RunAsync("rm", ["-rf", "--", directory]);
            return new PrivateCluster(
                directory, held, await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(directory) { Settings = settings }, NullLogger.Instance, CancellationToken.None));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await Tool.RunAsync("rm", ["-rf", "--", Directory]);
        await held.DisposeAsync();
    }

    private static FileStream? TryHold(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken.HResult == 11) // EWOULDBLOCK of flock(2)
        {
            return null;
        }
    }
}
