using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using EventCheckpoints.Host.Tests.Webhooks;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>docs/events.md: what it shows works, as it stands there.</summary>
public sealed class EventsPageTests
{
    private const string Token = "follower-0123456789";

    [Theory]
    [InlineData("sh", "sh", "follow.sh", "curl")]
    [InlineData("python", "python3", "follow.py", "python3")]
    [InlineData("csharp", "dotnet", "follow.cs", "dotnet")]
    public async Task A_client_killed_and_cut_off_goes_on_with_its_position(string language, string program, string name, string needs)
    {
        SkipWithout(needs);
        await using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.In(name), Block(language, 0), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(directory.In("tokens"), $$"""[{"name":"w","role":"writer","token":"writer-0123456789"},{"name":"f","role":"reader","token":"{{Token}}"}]""", TestContext.Current.CancellationToken);
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        string[] options = ["--connection", database.HostConnectionString, "--tokens", directory.In("tokens")];
        var first = await ServeProcess.StartAsync(options);
        var url = first.Client.BaseAddress!.ToString().TrimEnd('/');
        await FillAsync(first, "one");
        var lines = new List<string>();
        using (var client = Start(program, directory.In(name), url, directory.In("cursor")))
        {
            await ReadAsync(client, lines, 5);
            client.Kill(entireProcessTree: true);
            await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await FillAsync(first, "two");
        using var again = Start(program, directory.In(name), url, directory.In("cursor"));
        await ReadAsync(again, lines, 10);
        await first.KillAsync();
        await first.DisposeAsync();
        await using var second = await ServeProcess.StartAsync([.. options, "--urls", url]);
        await FillAsync(second, "three");
        await ReadAsync(again, lines, 15);
        again.Kill(entireProcessTree: true);
        await again.WaitForExitAsync(TestContext.Current.CancellationToken);
        var told = lines.Select(line => line.Split(' ')[0]).ToArray();
        Assert.Equal(await TableAsync(database), told.Distinct());
        // Twice at most what it was at when it was killed.
        Assert.InRange(told.Length, 15, 16);
        Assert.EndsWith(" io.eventcheckpoints.checkpoint.created.v1", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_receiver_accepts_what_was_sent_and_nothing_else()
    {
        SkipWithout("python3");
        await using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.In("verify.py"), Block("python", 1) +
            """

            import sys
            names = ("webhook-id", "webhook-timestamp", "webhook-signature")
            print(verified(sys.argv[1], dict(zip(names, sys.argv[2:])), sys.stdin.buffer.read()))

            """, TestContext.Current.CancellationToken);
        await using var hook = await WebhookHost.StartAsync();
        var (id, old) = await hook.CreateAsync();
        var secret = (string)(await hook.Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/rotate")).Body["secret"]!;
        await hook.DefineAsync("one");
        await hook.Target.UntilAsync(received => received.Length > 0);
        var message = hook.Target.Received[0];
        Assert.True(await VerifiedAsync(secret, message));
        Assert.True(await VerifiedAsync(old, message));
        Assert.False(await VerifiedAsync("whsec_" + Convert.ToBase64String(new byte[32]), message));
        Assert.False(await VerifiedAsync(secret, message with { Body = [.. message.Body, (byte)' '] }));
        Assert.False(await VerifiedAsync(secret, message with { Timestamp = "1700000000" }));

        async Task<bool> VerifiedAsync(string key, Received received)
        {
            using var python = Process.Start(new ProcessStartInfo("python3", [directory.In("verify.py"), key, received.Id, received.Timestamp, received.Signature]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            await python.StandardInput.BaseStream.WriteAsync(received.Body);
            python.StandardInput.Close();
            var said = await python.StandardOutput.ReadToEndAsync();
            await python.WaitForExitAsync();
            Assert.Equal(0, python.ExitCode);
            return bool.Parse(said);
        }
    }

    /// <summary>A block of the page by its language, and its place among those.</summary>
    private static string Block(string language, int place)
    {
        var source = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(source.FullName, "EventCheckpoints.sln"))) source = source.Parent!;
        var page = File.ReadAllText(Path.Combine(source.FullName, "docs", "events.md"));
        return Regex.Matches(page, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)[place].Groups[1].Value;
    }

    private static void SkipWithout(string program) => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(directory => File.Exists(Path.Combine(directory, program))), $"{program} is not installed; ./test installs it");

    private static Process Start(string program, string client, string url, string cursor)
    {
        var start = new ProcessStartInfo(program, program == "dotnet" ? ["run", client, url, cursor] : [client, url, cursor]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(client) };
        // No build server stays behind.
        foreach (var (variable, value) in ((string, string)[])[("EVENTCHECKPOINTS_TOKEN", Token), ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false")]) start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    private static async Task ReadAsync(Process client, List<string> lines, int distinct)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (lines.Distinct().Count() < distinct)
        {
            var line = await client.StandardOutput.ReadLineAsync(patience.Token);
            Assert.True(line is not null, $"the client ended after {lines.Count} events");
            lines.Add(line!);
        }
    }

    /// <summary>Five events.</summary>
    private static async Task FillAsync(ServeProcess host, string domain)
    {
        await PostAsync("/v1/domains", TestHost.DomainXml(domain, Guid.NewGuid().ToString()));
        foreach (var name in (string[])["a", "b"]) await PostAsync($"/v1/domains/{domain}/checkpoints", $"<domaincheckpoint><name>{name}</name></domaincheckpoint>");

        async Task PostAsync(string path, string xml)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(xml, Encoding.UTF8, "application/xml"), Headers = { { "Authorization", "Bearer writer-0123456789" } } };
            using var answer = await host.Client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task<List<string>> TableAsync(TestDatabase database)
    {
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = owner.CreateCommand("select lpad(seq_id::text, 20, '0') from eventcheckpoints.mt_events where stream_id in (select domain_id from eventcheckpoints.domains) order by seq_id");
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await row.ReadAsync()) found.Add(row.GetString(0));
        return found;
    }
}
