using System.Diagnostics;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Host.Tests.Events;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>watch: every event, in order, at least once, whatever goes away meanwhile.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Each_event_is_a_line_for_people()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("web");
        await FeedTests.CreateAsync(host, "web", "monday");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/web/holds", System.Net.Http.Json.JsonContent.Create(new { id = "case-1", checkpoint = "monday" }), ("X-Audit-Reason", "court%20order"));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/web/holds", System.Net.Http.Json.JsonContent.Create(new { id = "case-2" }), ("X-Audit-Reason", "court%20order"));
        var (code, output, error) = await RunAsync(host.Url, "watch --from start --limit 6");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            [
                "event 'domain.registered' for domain 'web': web by local",
                "event 'definition.recorded' for domain 'web' by local",
                "event 'domain.defined' for domain 'web' by local",
                "event 'checkpoint.created' for domain 'web': monday by local",
                "event 'hold.placed' for domain 'web': case-1 on monday by local: court order",
                "event 'hold.placed' for domain 'web': case-2 on the domain by local: court order",
            ],
            output.TrimEnd('\n').Split('\n').Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
        Assert.Matches(@"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000: ", output);
        (_, output, _) = await RunAsync(host.Url, $"watch {uuid} --from start --type '*.checkpoint.*' --json --limit 1");
        var (_, page, _) = await host.SendAsync(HttpMethod.Get, "/v1/events?limit=100");
        Assert.Equal(page["items"]![3]!.ToJsonString(), JsonNode.Parse(output)!.ToJsonString());
    }

    [Fact]
    public async Task A_command_gets_each_event_and_one_that_fails_gets_it_again_by_the_next_run()
    {
        await using var host = await TestHost.StartAsync();
        await using var directory = new TemporaryDirectory();
        await host.DefineAsync("web");
        foreach (var name in (string[])["a", "b", "c"]) await FeedTests.CreateAsync(host, "web", name);
        var (got, cursor, ready) = (directory.In("got"), directory.In("cursor"), directory.In("ready"));
        var command = $"watch --from start --limit 100 --cursor {cursor} --exec '[ \"$EVENTCHECKPOINTS_CHECKPOINT\" != b ] || [ -e {ready} ] || exit 3; grep -o sequence.:.[0-9]* >> {got}; echo $EVENTCHECKPOINTS_TYPE $EVENTCHECKPOINTS_DOMAIN_NAME $EVENTCHECKPOINTS_CHECKPOINT >> {got}'";
        var table = await FeedTests.TableAsync(host);
        var (code, _, error) = await RunAsync(host.Url, command);
        Assert.Equal((1, $"error: the command ended with 3 at event {table[4]}: it is tried again by the next run\n"), (code, error));
        Assert.Equal(table[3] + "\n", await File.ReadAllTextAsync(cursor, TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(ready, "", TestContext.Current.CancellationToken);
        (code, _, error) = await RunAsync(host.Url, command.Replace("--limit 100", "--limit 2", StringComparison.Ordinal));
        Assert.Equal((0, ""), (code, error));
        var lines = await File.ReadAllLinesAsync(got, TestContext.Current.CancellationToken);
        Assert.Equal(table, lines.Where((_, i) => i % 2 == 0).Select(line => line[^20..]));
        Assert.Equal(["a", "b", "c"], lines.Where((_, i) => i % 2 == 1).TakeLast(3).Select(line => line.Replace("io.eventcheckpoints.checkpoint.created.v1 web ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Killed_again_and_again_its_runs_together_print_every_event_and_in_order()
    {
        await using var directory = new TemporaryDirectory();
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("web");
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++) await FeedTests.CreateAsync(host, "web", $"c{i}");
        });
        var seen = new List<string>();
        var random = new Random(3);
        for (var kill = 0; kill < 5; kill++)
        {
            var run = await ReadAsync(Start(host.Url, directory.In("cursor")), random.Next(1, 60));
            // Not from further on than the last run came, and not from the beginning again.
            if (seen.Count > 0) Assert.InRange(run[0], seen[0], Next(seen[^1]));
            seen.AddRange(run.Where(sequence => seen.Count == 0 || string.CompareOrdinal(sequence, seen[^1]) > 0));
        }

        await done.CancelAsync();
        await writing;
        var table = await FeedTests.TableAsync(host);
        Assert.Equal(table.Take(seen.Count), seen);
    }

    [Fact]
    public async Task Where_the_server_goes_away_it_is_asked_again_until_it_is_back()
    {
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        var first = await ServeProcess.StartAsync("--connection", database.HostConnectionString);
        var url = first.Client.BaseAddress!;
        await DefineAsync(first, "one");
        using var watch = Start(url, null);
        var lines = new List<string>();
        while (lines.Count < 3) lines.Add((await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        await first.KillAsync();
        await first.DisposeAsync();
        await using var second = await ServeProcess.StartAsync("--connection", database.HostConnectionString, "--urls", url.ToString().TrimEnd('/'));
        await DefineAsync(second, "two");
        while (lines.Count < 6) lines.Add((await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        watch.Kill();
        Assert.Equal(6, lines.Select(line => (string)JsonNode.Parse(line)!["sequence"]!).Distinct().Count());
        Assert.Contains("asking again", await watch.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_told_in_a_sentence()
    {
        await using var host = await TestHost.StartAsync();
        await using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.In("odd"), "tomorrow\n", TestContext.Current.CancellationToken);
        await host.DefineAsync("web");
        foreach (var (command, sentence) in ((string, string)[])[
            ("watch --type nothing", "invalid argument: type 'nothing' matches none of io\\.eventcheckpoints\\.domain\\.registered\\.v1, .*"),
            ("watch nosuch", "failed to get domain 'nosuch'"),
            ("watch --limit 0", "Numeric value '0' for <limit> option is malformed or out of range"),
            ("watch --after 99999999", "invalid argument: '99999999' is no position in the events, which end at \\d{20}"),
            ($"watch --cursor {directory.In("odd")}", "'.*/odd' holds no position in the events: it reads like 00000000000000000017"),
            ($"watch --from start --cursor {directory.In("none/cursor")} --limit 1", "Failed to keep the position in '.*/none/cursor': No such file or directory"),
        ])
        {
            var (code, output, error) = await RunAsync(host.Url, command);
            Assert.Equal(1, code);
            Assert.Matches($@"\Aerror: {sentence}\n\z", error);
            Assert.DoesNotContain("error", output, StringComparison.Ordinal);
        }

        var away = await RunAsync(new Uri("http://127.0.0.1:9/"), "watch");
        Assert.Equal(1, away.Code);
        Assert.StartsWith("error: failed to connect to the server at http://127.0.0.1:9/", away.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_read_enough_ends_it()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("web");
        using var watch = Process.Start(new ProcessStartInfo("sh", ["-c", $"'{Binary}' --connect {host.Url} watch --from start | head -n 1"]) { RedirectStandardOutput = true })!;
        // Not to the end: that is the shell's, which waits for both.
        Assert.Contains("domain.registered", await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // It finds out when it has something to say.
        await FeedTests.CreateAsync(host, "web", "a");
        await watch.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static string Binary => Path.Combine(AppContext.BaseDirectory, "eventcheckpoints");

    private static Process Start(Uri server, string? cursor) => Process.Start(new ProcessStartInfo(
        Binary, ["--connect", server.ToString(), "watch", "--from", "start", "--json", .. cursor is null ? (string[])[] : ["--cursor", cursor]])
    { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Reads so many events of a run, and kills it; the last line may be cut off.</summary>
    private static async Task<List<string>> ReadAsync(Process watch, int count)
    {
        using (watch)
        {
            var run = new List<string>();
            while (run.Count < count && await watch.StandardOutput.ReadLineAsync() is { } line) run.Add((string)JsonNode.Parse(line)!["sequence"]!);
            watch.Kill();
            // What it had printed, it had printed.
            while (await watch.StandardOutput.ReadLineAsync() is { } line)
                if (line.EndsWith('}')) run.Add((string)JsonNode.Parse(line)!["sequence"]!);
            await watch.WaitForExitAsync();
            return run;
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Uri server, string command)
    {
        using var api = new Api(server);
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await Runner.RunAll(new TextTokens(command), new Session(api, AllWords.Table) { Zone = TimeZoneInfo.Utc }, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static async Task DefineAsync(ServeProcess host, string name) =>
        (await host.Client.PostAsync("/v1/domains", TestHost.Xml(TestHost.DomainXml(name, Guid.NewGuid().ToString())), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

    private static string Next(string sequence) => (long.Parse(sequence, null) + 1000).ToString("D20", null);
}
