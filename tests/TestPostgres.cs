using EventCheckpoints.Host;
using EventCheckpoints.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Testcontainers.PostgreSql;
using Xunit;

[assembly: AssemblyFixture(typeof(TestPostgres))]

namespace EventCheckpoints.Tests;

/// <summary>
/// A real PostgreSQL for the tests of one process, started when the first of them asks: the server that EVENTCHECKPOINTS_TEST_POSTGRES names (a user who may
/// create databases), else a container where a Docker engine answers, else a private cluster. Its databases' durability is off where it is ours to switch.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private const string Prefix = "eventcheckpoints_test_";
    private const string TimeFormat = "yyyyMMddHHmmss";

    // A test run that was killed an hour ago and more is no longer using its databases.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, string> NotDurable = new()
    {
        ["fsync"] = "off",
        ["synchronous_commit"] = "off",
        ["full_page_writes"] = "off",
        ["max_connections"] = "300",
    };

    private static readonly Lazy<Task<(string ConnectionString, IAsyncDisposable? Server)>> Started = new(StartAsync);
    private static int last;

    /// <summary>A new, empty database; dispose it to drop it.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = (await Started.Value).ConnectionString;
        var name = NewName();
        await ExecuteAsync(server, $"create database {name}");
        return new TestDatabase(server, name);
    }

    /// <summary>A new database with our schema: a copy of one that the migrations made, which takes a tenth of the time.</summary>
    public static async Task<TestDatabase> CreateMigratedDatabaseAsync()
    {
        var template = await Template.Value;
        var server = (await Started.Value).ConnectionString;
        var name = NewName();
        await ExecuteAsync(server, $"create database {name} template {template}");
        return new TestDatabase(server, name);
    }

    private static readonly Lazy<Task<string>> Template = new(async () =>
    {
        var database = await CreateDatabaseAsync();
        // Unpooled, since a database with connections to it cannot be copied.
        Migrations.Apply(Unpooled(database.ConnectionString), NullLogger.Instance);
        return database.Name;
    });

    public async ValueTask DisposeAsync()
    {
        if (Template.IsValueCreated) await ExecuteAsync((await Started.Value).ConnectionString, $"drop database if exists {await Template.Value} with (force)");
        if (Started.IsValueCreated && (await Started.Value).Server is { } server) await server.DisposeAsync();
    }

    private static string NewName() => $"{Prefix}{DateTime.UtcNow.ToString(TimeFormat)}_{Environment.ProcessId}_{Interlocked.Increment(ref last)}";

    internal static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<(string, IAsyncDisposable?)> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_TEST_POSTGRES") is { Length: > 0 } given)
        {
            Say("the server that EVENTCHECKPOINTS_TEST_POSTGRES names");
            given = Unpooled(given);
            await DropAbandonedAsync(given);
            return (given, null);
        }

        if (await DockerEngine.AnswersAsync())
        {
            var command = NotDurable.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
            var container = new PostgreSqlBuilder("postgres:17-alpine").WithCommand([.. command]).Build();
            await container.StartAsync();
            Say("a container of postgres:17-alpine");
            return (Unpooled(container.GetConnectionString()), container);
        }

        var cluster = await PrivateCluster.StartAsync(NotDurable);
        Say("a private cluster in " + cluster.Directory);
        return (Unpooled(cluster.ConnectionString), cluster);
    }

    private static void Say(string what) => Console.WriteLine($"PostgreSQL for these tests: {what}");

    // A pooled connection to the maintenance database would outlive its use and count against max_connections.
    private static string Unpooled(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    private static async Task DropAbandonedAsync(string server)
    {
        var before = Prefix + (DateTime.UtcNow - Abandoned).ToString(TimeFormat);
        var names = new List<string>();
        await using (var source = NpgsqlDataSource.Create(server))
        await using (var command = source.CreateCommand($"""select datname from pg_database where starts_with(datname, '{Prefix}') and datname < '{before}' collate "C" """))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        foreach (var name in names) await ExecuteAsync(server, $"drop database if exists {name} with (force)");
    }
}

/// <summary>A database of one test class's own.</summary>
public sealed class TestDatabase(string server, string name) : IAsyncDisposable
{
    public string Name => name;

    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = true, MaxPoolSize = 40 }.ConnectionString;

    /// <summary>With the rights of a running host; only once the database is migrated.</summary>
    public string HostConnectionString => new NpgsqlConnectionStringBuilder(ConnectionString) { Options = $"-c role={HostRole.Name}" }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        foreach (var used in new[] { ConnectionString, HostConnectionString })
            await using (var pooled = new NpgsqlConnection(used)) NpgsqlConnection.ClearPool(pooled);
        await TestPostgres.ExecuteAsync(server, $"drop database if exists {name} with (force)");
    }
}
