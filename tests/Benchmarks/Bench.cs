using System.Runtime.InteropServices;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Host;
using EventCheckpoints.Host.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventCheckpoints.Benchmarks;

/// <summary>One run of the program: a PostgreSQL with the settings of a real one (fsync on), the results so far, a directory for files.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly EmbeddedPostgres _postgres;
    private readonly List<TrackResult> _results = [];
    private readonly PosixSignalRegistration[] _signals;
    private int _databases;

    private Bench(Settings settings, string directory, EmbeddedPostgres postgres)
    {
        (Settings, Directory, _postgres) = (settings, directory, postgres);
        // Who is told to end in the middle leaves no PostgreSQL behind.
        _signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, told =>
        {
            told.Cancel = true;
            IsEnding = true;
            _postgres.DisposeAsync().AsTask().GetAwaiter().GetResult();
            System.IO.Directory.Delete(Directory, recursive: true);
            Environment.Exit(1);
        }))];
    }

    /// <summary>Told to end in the middle: what fails from now on fails since its PostgreSQL is gone.</summary>
    public bool IsEnding { get; private set; }

    public Settings Settings { get; }

    public string Directory { get; }

    public string ConnectionString => _postgres.ConnectionString;

    public IReadOnlyList<TrackResult> Results => _results;

    public static async Task<Bench> StartAsync(Settings settings)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("eventcheckpoints-bench-").FullName;
        var options = new EmbeddedPostgresOptions(Path.Combine(directory, "postgres"));
        return new Bench(settings, directory, await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, CancellationToken.None));
    }

    /// <summary>A new database with our schema; returns how to connect to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"bench_{++_databases}";
        await using (var source = NpgsqlDataSource.Create(ConnectionString))
        await using (var create = source.CreateCommand($"create database {name}"))
            await create.ExecuteNonQueryAsync();
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
        Migrations.Apply(connection, NullLogger.Instance);
        return connection;
    }

    public async Task MeasureAsync(Track track, int rounds) => _results.Add(await Rounds.RunAsync(track, rounds, Say));

    /// <summary>For what measures itself.</summary>
    public void Add(TrackResult result) => _results.Add(result);

    public async ValueTask DisposeAsync()
    {
        foreach (var signal in _signals) signal.Dispose();
        await _postgres.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
