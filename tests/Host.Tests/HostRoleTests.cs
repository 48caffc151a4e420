using System.Diagnostics;
using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>Whom the host logs in as, and what an administrator has to do where it may not help itself.</summary>
public sealed class HostRoleTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_embedded_host_logs_in_as_the_role_and_rebuilds_as_the_owner()
    {
        await using (var host = await ServeProcess.StartAsync("--data", directory.Path))
        {
            using var defined = await host.Client.PostAsync(
                new Uri("/v1/domains", UriKind.Relative), TestHost.Xml(TestHost.DomainXml("one", Guid.NewGuid().ToString())), Cancellation);
            Assert.True(defined.IsSuccessStatusCode);
            var owner = $"Host={Path.Combine(directory.Path, "run")};Username=eventcheckpoints;Database=eventcheckpoints;Pooling=false";
            Assert.Equal(HostRole.Name, await AskAsync(owner, "select string_agg(distinct usename, ',') from pg_stat_activity where application_name = 'eventcheckpoints'"));
            Assert.Equal(0, await host.StopAsync());
        }

        var (code, output) = await RunAsync("rebuild", "--data", directory.Path);
        Assert.Equal((0, "Made the rows again from 3 events.\n"), (code, output));
    }

    /// <summary>As on a managed server: the user who migrates owns a database and nothing else.</summary>
    [Fact]
    public async Task Without_the_right_to_make_roles_the_administrator_is_told_what_to_run()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(directory.In("data")), NullLogger.Instance, Cancellation);
        var administrator = postgres.ConnectionString;
        await AskAsync(administrator, "create role plain login; create role member login; create role stranger login; select ''");
        await AskAsync(administrator, "create database plains owner plain");
        string As(string user) => new NpgsqlConnectionStringBuilder(administrator) { Username = user, Database = "plains" }.ConnectionString;

        var refused = Assert.Throws<StartupException>(() => Migrations.Apply(As("plain"), NullLogger.Instance));
        Assert.Contains(
            "0005-append-only.sql failed and nothing of it was kept: 42501: plain may not create roles; have an administrator of the server run `create role eventcheckpoints_host nologin;`",
            refused.Message, StringComparison.Ordinal);
        await AskAsync(administrator, "create role eventcheckpoints_host nologin; select ''");
        Migrations.Apply(As("plain"), NullLogger.Instance);

        var unknown = Assert.Throws<StartupException>(() => Migrations.Check(As("stranger")));
        Assert.Contains("have its owner run `grant eventcheckpoints_host to \"stranger\"`", unknown.Message, StringComparison.Ordinal);

        await AskAsync(administrator, "grant eventcheckpoints_host to member; select ''");
        Assert.Null(HostRole.MoreThanHost(As("member")));
        Assert.Equal("plain", HostRole.MoreThanHost(As("plain")));
        await using (var host = await ServeProcess.StartAsync("--connection", As("member")))
        {
            using var defined = await host.Client.PostAsync(
                new Uri("/v1/domains", UriKind.Relative), TestHost.Xml(TestHost.DomainXml("one", Guid.NewGuid().ToString())), Cancellation);
            Assert.True(defined.IsSuccessStatusCode);
        }

        Assert.Equal((1, ""), await RunAsync("rebuild", "--connection", As("member")));
        Assert.Equal((0, "Made the rows again from 3 events.\n"), await RunAsync("rebuild", "--connection", As("plain")));
        // Roles are the server's: a second database finds the first one's.
        await AskAsync(administrator, "create database again owner plain");
        Migrations.Apply(new NpgsqlConnectionStringBuilder(administrator) { Username = "plain", Database = "again" }.ConnectionString, NullLogger.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => directory.DisposeAsync();

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "eventcheckpoints"), arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, output);
    }

    private static async Task<string?> AskAsync(string connection, string question)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand(question);
        return (string?)await command.ExecuteScalarAsync(Cancellation);
    }
}
