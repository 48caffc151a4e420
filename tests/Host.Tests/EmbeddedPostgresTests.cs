using System.Diagnostics;
using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>The cluster's life: made, kept, refused to a second host, and back after either side was killed.</summary>
public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private readonly RecordingLog log = new();

    private string Data => directory.In("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_cluster_is_durable_checksummed_utf8_and_off_the_network()
    {
        await using var postgres = await StartAsync();

        Assert.Equal("on", await AskAsync(postgres, "show fsync"));
        Assert.Equal("on", await AskAsync(postgres, "show synchronous_commit"));
        Assert.Equal("on", await AskAsync(postgres, "show data_checksums"));
        Assert.Equal("", await AskAsync(postgres, "show listen_addresses"));
        Assert.Equal("UTF8 C.UTF-8", await AskAsync(postgres,
            "select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database where datname = current_database()"));
    }

    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first()
    {
        await using (var first = await StartAsync()) await KeepAsync(first);

        Assert.Null(Postmaster.Of(Path.Combine(Data, "cluster")));
        await using var second = await StartAsync();

        Assert.Equal("kept", await AskAsync(second, "select word from words"));
    }

    [Fact]
    public async Task A_second_host_on_the_directory_is_refused_with_the_first_ones_process()
    {
        await using var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Contains($"Another host (process {Environment.ProcessId}) runs on {Data}", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1", await AskAsync(first, "select '1'"));
    }

    // Only so that a server that never comes back is a failure and not a hang.
    [Fact(Timeout = 120_000)]
    public async Task A_killed_server_comes_back_with_what_was_committed_though_a_backend_is_busy()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var postgres = await StartAsync();
        await KeepAsync(postgres);
        await using var busy = new NpgsqlConnection(postgres.ConnectionString);
        await busy.OpenAsync(cancellation);
        await using var endless = new NpgsqlCommand("select count(*) from generate_series(1, 1000000000000)", busy) { CommandTimeout = 0 };
        var working = endless.ExecuteScalarAsync(cancellation);

        using (var postmaster = Process.GetProcessById(Postmaster.Of(Path.Combine(Data, "cluster"))!.Id)) postmaster.Kill();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => working);
        await log.WaitForAsync("runs again", cancellation);
        Assert.Contains(log.Lines, line => line.StartsWith("Error: PostgreSQL in " + Data + " is gone", StringComparison.Ordinal));
        Assert.Equal("kept", await AskAsync(postgres, "select word from words"));
    }

    [Fact]
    public async Task After_a_killed_host_the_next_one_takes_its_running_server_over()
    {
        await using (var victim = await ChildHost.StartAsync(Data, Cancellation))
        {
            await KeepAsync(victim.ConnectionString);
            var whileItRuns = await Assert.ThrowsAsync<StartupException>(StartAsync);
            Assert.Contains($"(process {victim.Id})", whileItRuns.Message, StringComparison.Ordinal);
        }

        var orphan = Postmaster.Of(Path.Combine(Data, "cluster"));
        Assert.NotNull(orphan);
        await using var next = await StartAsync();

        Assert.False(orphan.IsAlive);
        Assert.Contains(log.Lines, line => line.Contains("from a host that was killed", StringComparison.Ordinal));
        Assert.Equal("kept", await AskAsync(next, "select word from words"));
    }

    [Fact]
    public async Task A_postmaster_pid_that_names_another_process_by_now_does_not_stop_a_start()
    {
        await using (var first = await StartAsync()) await KeepAsync(first);
        var cluster = Path.Combine(Data, "cluster");
        // A live process of PostgreSQL's user, as after a power loss on a small machine that gives out the same ids again.
        await using var other = await StartAsync(directory.In("other"));
        await File.WriteAllTextAsync(Path.Combine(cluster, "postmaster.pid"), $"{Postmaster.Of(directory.In("other/cluster"))!.Id}\n", Cancellation);

        await using (var second = await StartAsync()) Assert.Equal("kept", await AskAsync(second, "select word from words"));
        Assert.Equal("1", await AskAsync(other, "select '1'"));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_gets_its_socket_elsewhere_and_none_is_left_behind()
    {
        var data = directory.In(new string('d', 120));

        string socket;
        await using (var postgres = await StartAsync(data))
        {
            Assert.Equal("1", await AskAsync(postgres, "select '1'"));
            socket = new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host!;
            Assert.Equal(socket, new DirectoryInfo(Path.Combine(data, "run")).LinkTarget);
        }

        Assert.False(Directory.Exists(socket));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => directory.DisposeAsync();

    private Task<EmbeddedPostgres> StartAsync() => StartAsync(Data);

    private Task<EmbeddedPostgres> StartAsync(string data) => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(data), log, Cancellation);

    private static Task KeepAsync(EmbeddedPostgres postgres) => KeepAsync(postgres.ConnectionString);

    private static async Task KeepAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("create table words (word text); insert into words values ('kept')");
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<string> AskAsync(EmbeddedPostgres postgres, string question)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = source.CreateCommand(question);
        return (string)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
