using System.Globalization;
using System.Text;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Projections;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>kill -9 of the server while a host is learned from: the next sync ends where this one would have.</summary>
public sealed class KilledSyncTests
{
    private const int Domains = 60;

    [Fact]
    public async Task The_next_one_ends_in_the_same_state()
    {
        await using var directory = new TemporaryDirectory();
        var node = Path.Combine(directory.Path, "node.xml");
        await File.WriteAllTextAsync(node, Node(), TestContext.Current.CancellationToken);
        var data = Path.Combine(directory.Path, "data");
        await using (var host = await ServeProcess.StartAsync("--data", data))
        {
            using var api = new Api(host.Client.BaseAddress!);
            var sync = RunAsync(api, $"sync test://{node}");
            await Eventually.Async(async () => (await api.GetAll<DomainSummary>("v1/domains")).Value is { Count: > 3 }, () => "nothing is learned");
            await host.KillAsync();
            var broken = await sync;
            Assert.Equal(1, broken.Rc);
            Assert.NotEqual("", broken.Stderr);
        }

        await using var next = await ServeProcess.StartAsync("--data", data);
        using var again = new Api(next.Client.BaseAddress!);
        var known = (await again.GetAll<DomainSummary>("v1/domains")).Value!.Count;
        Assert.InRange(known, 4, Domains - 1);
        Assert.Equal(0, (await RunAsync(again, $"sync test://{node}")).Rc);
        var drift = await RunAsync(again, $"drift test://{node}");
        Assert.Equal((0, Domains), (drift.Rc, drift.Stdout.Split(": no difference\n").Length - 1));
        // Registered, the definition recorded, defined, seen on the host: nothing was learned twice.
        Assert.All((await again.GetAll<DomainSummary>("v1/domains")).Value!, domain => Assert.Equal(4, domain.Version));
        Assert.Equal(0, await next.StopAsync());
    }

    private static async Task<Batch.Outcome> RunAsync(Api api, string command)
    {
        var outcomes = new List<Batch.Outcome>();
        await Batch.RunLines(new StringReader(command), new Session(api, AllWords.Table) { Zone = TimeZoneInfo.Utc }, outcome =>
        {
            outcomes.Add(outcome);
            return Task.CompletedTask;
        });
        return Assert.Single(outcomes);
    }

    /// <summary>A host of libvirt's test driver, which reads it from a file.</summary>
    private static string Node()
    {
        var node = new StringBuilder("<node>");
        for (var i = 0; i < Domains; i++)
            node.Append(CultureInfo.InvariantCulture, $"<domain type='test'><name>vm{i}</name><uuid>5a3f2c11-7d10-4b8e-9a64-{i:x12}</uuid><memory>1024</memory><os><type>hvm</type></os></domain>");
        return node.Append("</node>").ToString();
    }
}
