using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Cli.Verify;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Log;

/// <summary>
/// kill -9 of the log's writers, two hosts at once, again and again, while events arrive: no gap, no duplicate, and each signed checkpoint goes on from the one
/// before. EVENTCHECKPOINTS_SOAK=1 makes it a hundred kills.
/// </summary>
public sealed class KilledWriterTests
{
    [Fact]
    public async Task The_log_stays_whole()
    {
        var kills = Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_SOAK") == "1" ? 100 : 8;
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        await using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.In("published"));
        string[] options = ["--connection", database.HostConnectionString, "--log-key", directory.In("log.key"), "--log-interval", "0", "--log-publish", directory.In("published")];
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString);
        using var done = new CancellationTokenSource();
        var random = new Random(6962);
        var feeding = Task.Run(() => FeedAsync(database.HostConnectionString, done.Token));
        for (var kill = 0; kill < kills; kill += 2)
        {
            await using var one = await ServeProcess.StartAsync(options);
            await using var two = await ServeProcess.StartAsync(options);
            // Not at their first breath: at some later count of entries, whichever host wrote them.
            await UntilAsync(owner, random.Next(1, 120));
            await IsWellAsync(one);
            await IsWellAsync(two);
            await one.KillAsync();
            await UntilAsync(owner, random.Next(1, 60));
            await two.KillAsync();
        }

        await done.CancelAsync();
        await feeding;
        var published = Directory.GetFiles(directory.In("published"), "*.note").Order(StringComparer.Ordinal).ToArray();
        await using var last = await ServeProcess.StartAsync(options);
        using var key = LogKey.Open(directory.In("log.key"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/audit") { Headers = { { "Accept", "application/jsonl" } } };
        using var response = await last.Client.SendAsync(request);
        using var export = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        var text = await export.ReadToEndAsync();
        var verdict = await new ExportVerifier(key.Public, null).VerifyAsync(new StringReader(text));
        Assert.Empty(verdict.Findings);
        Assert.Equal(verdict.TreeSize, await AskAsync(owner, "select count(*) from eventcheckpoints.mt_events where type <> 'tombstone'") - 1);
        Assert.Equal(0, await AskAsync(owner, "select count(*) from (select index, sequence, lag(index) over w as i, lag(sequence) over w as s from eventcheckpoints.log_entries window w as (order by index)) e where index <> coalesce(i + 1, 0) or sequence <= coalesce(s, 0)"));

        // Each checkpoint that was ever published is the beginning of what there is now.
        Assert.True(published.Length >= kills / 2, $"{published.Length} checkpoints were published");
        var kept = published.Select(file => LogCheckpoint.Parse(SignedNote.Parse(File.ReadAllText(file))!.Text)!).ToArray();
        var roots = Roots(text, [.. kept.Select(checkpoint => checkpoint.Size)]);
        Assert.All(kept, checkpoint => Assert.Equal(checkpoint.Root, roots[checkpoint.Size]));
    }

    /// <summary>The roots at some sizes on the way, of the hashes in an export.</summary>
    private static Dictionary<long, TreeHash> Roots(string export, HashSet<long> sizes)
    {
        var tree = new GrowingTree();
        var roots = new Dictionary<long, TreeHash>();
        foreach (var line in export.Split('\n'))
        {
            if (line.StartsWith("{\"complete\"", StringComparison.Ordinal)) break;
            if (TreeHash.TryParse((string)System.Text.Json.Nodes.JsonNode.Parse(line)!["evidence"]!["hash"]!, out var hash)) tree.Add(hash);
            if (sizes.Contains(tree.Size)) roots[tree.Size] = tree.Root;
        }

        return roots;
    }

    private static async Task FeedAsync(string connection, CancellationToken cancellation)
    {
        await using var database = Wiring.DataSource(connection);
        await using var store = Store.Open(database);
        using var writer = new AuditWriter(store);
        for (var at = 0; !cancellation.IsCancellationRequested; at++)
            await writer.WriteAsync(new Domain.AuditRead($"GET /v1/audit?at={at}", null), new Envelope("feeder", "api", null, "c0ffee", null, DateTimeOffset.UtcNow));
    }

    private static async Task IsWellAsync(ServeProcess host) =>
        Assert.Contains("\"fault\":null", await host.Client.GetStringAsync(new Uri("/v1/log", UriKind.Relative)), StringComparison.Ordinal);

    /// <summary>Until the log has so many entries more.</summary>
    private static async Task UntilAsync(NpgsqlDataSource owner, int more)
    {
        var wanted = await AskAsync(owner, "select coalesce(max(index), 0) from eventcheckpoints.log_entries") + more;
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (await AskAsync(owner, "select coalesce(max(index), 0) from eventcheckpoints.log_entries") < wanted)
            Assert.True(DateTime.UtcNow < deadline, "the log does not grow");
    }

    private static async Task<long> AskAsync(NpgsqlDataSource owner, string sql)
    {
        await using var command = owner.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
