using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>Hosts ring for one another, and only for what was appended.</summary>
public sealed class EventBellTests
{
    [Fact]
    public async Task An_append_rings_for_all_hosts_and_what_changes_nothing_for_none()
    {
        await using var host = await TestHost.StartAsync();
        await using var listener = new NpgsqlConnection(host.ConnectionString);
        await listener.OpenAsync(TestContext.Current.CancellationToken);
        await using (var listen = new NpgsqlCommand("listen eventcheckpoints_appended; listen last", listener)) await listen.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var rung = new List<string>();
        listener.Notification += (_, notification) => rung.Add(notification.Channel);
        var uuid = await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("one", uuid)));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/none");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (rung.Count == 0) await listener.WaitAsync(patience.Token);
        // What else was sent is ahead of this one, in the order of commits.
        await using (var last = new NpgsqlCommand("notify last", listener)) await last.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        while (!rung.Contains("last")) await listener.WaitAsync(patience.Token);
        Assert.Equal(["eventcheckpoints_appended", "last"], rung);
    }
}
