using System.Net.Http.Json;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>Two hosts on one database: one of them delivers, and the other goes on when that one is killed.</summary>
public sealed class TakeOverTests
{
    [Fact]
    public async Task When_a_host_is_killed_another_goes_on_and_nothing_is_skipped()
    {
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        await using var target = await WebhookTarget.StartAsync();
        string[] options = ["--connection", database.HostConnectionString, "--webhook-allow", "127.0.0.0/8"];
        var hosts = new List<ServeProcess> { await ServeProcess.StartAsync(options), await ServeProcess.StartAsync(options) };
        await using var spare = await ServeProcess.StartAsync(options);
        using (var created = await spare.Client.PostAsJsonAsync("/v1/webhooks", new { url = target.Url, from = "start" })) created.EnsureSuccessStatusCode();
        using var done = new CancellationTokenSource();
        var writing = Task.Run(() => WriteAsync(spare, done.Token));
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString);
        var random = new Random(17);
        for (var kill = 0; kill < 6; kill++)
        {
            var seen = target.Received.Length;
            await target.UntilAsync(received => received.Length >= seen + random.Next(1, 40));
            // Whoever holds the duty: the other hosts have it then.
            var leader = await LeaderAsync(owner);
            var host = hosts.SingleOrDefault(host => leader == host.Id);
            if (host is null) host = hosts[kill % 2];
            hosts.Remove(host);
            await host.KillAsync();
            await host.DisposeAsync();
            hosts.Add(await ServeProcess.StartAsync(options));
        }

        await done.CancelAsync();
        await writing;
        var table = await TableAsync(owner);
        await target.UntilAsync(received => received.Select(message => message.Sequence).Distinct().Count() == table.Length);
        var got = target.Received;
        foreach (var domain in table.GroupBy(happened => happened.Domain))
        {
            var first = got.Where(message => message.Domain == domain.Key).Select(message => message.Sequence).Distinct();
            Assert.Equal(domain.Select(happened => happened.Sequence), first);
        }

        // Only what was on its way when a host was killed: one for each of its domains.
        Assert.InRange(got.Length - table.Length, 0, 6 * 4);
        foreach (var host in hosts) await host.DisposeAsync();
    }

    /// <summary>The process that holds the duty's lock; each host names itself in its connection.</summary>
    private static async Task<int?> LeaderAsync(NpgsqlDataSource owner)
    {
        await using var command = owner.CreateCommand(
            "select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and l.granted and a.application_name like 'eventcheckpoints webhooks %' and a.datname = current_database()");
        return await command.ExecuteScalarAsync() is string name ? int.Parse(name.Split(' ')[^1], null) : null;
    }

    private static async Task WriteAsync(ServeProcess host, CancellationToken done)
    {
        var domains = Enumerable.Range(0, 4).Select(i => (Name: $"d{i}", Uuid: Guid.NewGuid().ToString())).ToArray();
        foreach (var (name, uuid) in domains) (await host.Client.PostAsync("/v1/domains", TestHost.Xml(TestHost.DomainXml(name, uuid)), CancellationToken.None)).EnsureSuccessStatusCode();
        for (var at = 0; !done.IsCancellationRequested; at++)
        {
            using var answer = await host.Client.PostAsync(
                $"/v1/domains/{domains[at % domains.Length].Name}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>c{at}</name></domaincheckpoint>"), CancellationToken.None);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task<(string Sequence, string Domain)[]> TableAsync(NpgsqlDataSource owner)
    {
        await using var command = owner.CreateCommand(
            "select lpad(seq_id::text, 20, '0'), stream_id::text from eventcheckpoints.mt_events where stream_id in (select domain_id from eventcheckpoints.domains) order by seq_id");
        var found = new List<(string, string)>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) found.Add((row.GetString(0), row.GetString(1)));
        return [.. found];
    }
}
