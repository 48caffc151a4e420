using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>Where an embedded PostgreSQL cannot run, one sentence says what would help, and nothing was changed.</summary>
public sealed class EmbeddedPostgresRefusalTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private readonly RecordingLog log = new();

    private string Data => directory.In("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_postgresql_it_says_how_to_install_it_and_that_a_server_may_be_named()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(Data) { BinaryPlaces = [directory.Path] }, log, Cancellation));

        Assert.Contains("`apt-get install postgresql`", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--connection", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_of_a_version_that_is_not_installed_names_both_versions()
    {
        await MakeClusterAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "cluster", "PG_VERSION"), "9\n", Cancellation);

        var refused = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Matches(@"was made by PostgreSQL 9, and only [0-9, ]+ is installed here: install it with `apt-get install postgresql-9`", refused.Message);
    }

    [Fact]
    public async Task A_directory_of_something_else_is_left_as_it_is()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "letter.txt"), "mine", Cancellation);

        var refused = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Equal($"{Data} holds other files: name a new or empty directory with --data DIR.", refused.Message);
        Assert.Equal(["letter.txt"], Directory.EnumerateFileSystemEntries(Data).Select(Path.GetFileName));
        Assert.Equal(Environment.UserName, (await FileOwner.OfAsync(Data))!.Name);
    }

    [Fact]
    public async Task A_file_in_the_directorys_place_is_refused()
    {
        await File.WriteAllTextAsync(Data, "", Cancellation);

        var refused = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.StartsWith($"The data directory {Data} cannot be used", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_corrupt_cluster_is_refused_in_the_servers_own_words()
    {
        await MakeClusterAsync();
        await using (var control = File.OpenWrite(Path.Combine(Data, "cluster", "global", "pg_control"))) control.Write(new byte[512]);

        var refused = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Contains($"did not start in {Data}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("FATAL:", refused.Message, StringComparison.Ordinal);
        // The lock was let go: the same sentence again, not "another host".
        Assert.Equal(refused.Message.Split('\n')[0], (await Assert.ThrowsAsync<StartupException>(StartAsync)).Message.Split('\n')[0]);
    }

    [Fact]
    public async Task As_root_a_closed_directory_of_root_above_lets_the_service_user_pass_and_no_more()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs PostgreSQL as another user");
        Assert.Equal(0b111_000_000, (await FileOwner.OfAsync(directory.Path))!.Mode);

        await using var postgres = await StartAsync();

        Assert.Equal(new FileOwner("0", "root", 0b111_001_000), await FileOwner.OfAsync(directory.Path));
        var user = await ServiceUser.ChooseAsync(Path.Combine(Data, "cluster"));
        Assert.False((await user.RunAsync("ls", [directory.Path], null, Cancellation)).Succeeded);
        Assert.Contains(log.Lines, line => line.Contains($"{directory.Path} was closed to everybody but root", StringComparison.Ordinal));
    }

    [Fact]
    public async Task As_root_a_closed_directory_of_somebody_else_above_is_refused_with_the_chmod_that_helps()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs PostgreSQL as another user");
        var closed = directory.In("closed");
        Directory.CreateDirectory(closed);
        await Tool.RunAsync("chmod", ["0711", directory.Path], null, Cancellation);
        await Tool.RunAsync("chmod", ["0700", closed], null, Cancellation);
        await Tool.RunAsync("chown", ["4321", closed], null, Cancellation);

        var refused = await Assert.ThrowsAsync<StartupException>(
            () => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(Path.Combine(closed, "data")), log, Cancellation));

        Assert.Contains($"may not pass through {closed}: allow it with `chmod o+x {closed}`", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0b111_000_000, (await FileOwner.OfAsync(closed))!.Mode);
    }

    [Fact]
    public async Task As_root_a_cluster_that_was_given_to_root_is_refused_with_the_chown_that_helps()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files away");
        await MakeClusterAsync();
        await Tool.RunAsync("chown", ["-R", "root:root", Data], null, Cancellation);

        var refused = await Assert.ThrowsAsync<StartupException>(StartAsync);

        Assert.Contains($"belongs to root, which PostgreSQL refuses: give it to a user with `chown -R postgres: {Data}/cluster`", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_bounded()
    {
        using var data = await DataDirectory.OpenAsync(Data, NullLogger.Instance, Cancellation);
        var server = new ServerProgram(data, await PostgresBinaries.FindAsync(PostgresBinaries.UsualPlaces(), data.Cluster, null), log);
        await data.User.RunAsync("truncate", ["-s", "9M", data.Log], null, Cancellation);

        await server.BoundLogAsync();

        Assert.Equal(0, new FileInfo(data.Log).Length);
        Assert.Equal(9 << 20, new FileInfo(data.Log + ".1").Length);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => directory.DisposeAsync();

    private Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(Data), log, Cancellation);

    private async Task MakeClusterAsync() => await (await StartAsync()).DisposeAsync();
}
