using System.Text.Json.Nodes;
using EventCheckpoints.Host.Tests.Cli;
using EventCheckpoints.Projections;
using Xunit;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>
/// sync with libvirt's test driver, in this process: test:///default keeps its state as long as a connection is open.
/// </summary>
public sealed class SyncTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Uri = "test:///default";

    [Fact]
    public async Task Whatever_happens_on_a_host_is_learned_and_nothing_is_forgotten()
    {
        using var host = TestDriver.Open(Uri, "test");
        var random = new Random(20);
        await SyncAsync();
        // With what other tests left there.
        var ever = new HashSet<string>((await KnownAsync()).Keys);
        for (var steps = 0; steps < 150; steps++)
        {
            Step(host, random, steps, ever);
            var domain = await SyncAsync();
            var known = await KnownAsync();
            var missing = domain["missing"]!.AsArray().Select(name => (string)name!).ToHashSet();
            Assert.Equal(host.Names().Order(StringComparer.Ordinal), known.Keys.Where(name => !missing.Contains(name)).Order(StringComparer.Ordinal));
            Assert.Equal(ever.Order(StringComparer.Ordinal), known.Keys.Order(StringComparer.Ordinal));
            foreach (var name in host.Names())
                Assert.Equal(host.Xml(name), await server.Session.Api.GetXml($"v1/domains/test/checkpoints/{name}?no-domain=true") is { Value: { } xml } ? xml : null);
            // What is learned is no drift any more; only what the host forgot is, and what it takes as current.
            Assert.Equal(
                missing.Order(StringComparer.Ordinal),
                (await DriftAsync()).Where(item => !((string)item!["kind"]!).StartsWith("current-", StringComparison.Ordinal))
                    .Select(item => (string)item!["kind"]! == "missing-on-host" ? (string)item["checkpoint"]! : (string)item["kind"]!).Order(StringComparer.Ordinal));
            var version = await VersionAsync();
            await SyncAsync();
            Assert.Equal(version, await VersionAsync());
        }

        foreach (var name in host.Names()) host.Delete(name, TestDriver.MetadataOnly);
        Assert.Equal(ever.Count, (await SyncAsync())["missing"]!.AsArray().Count);
        Assert.All(await SourcesAsync(), source => Assert.Equal("sync", source));
    }

    [Fact]
    public async Task What_cannot_be_done_is_one_sentence()
    {
        var steps = await server.Run($"sync nosuch:///system; sync {Uri} --domain nosuch; sync {Uri} --every 0; restore nosuch --to {Uri}; sync; drift {Uri} --domain nosuch; drift nosuch:///system");
        Assert.Equal([1, 1, 1, 1, 1, 2, 2], steps.Select(step => step.Rc));
        // What libvirt says of it is its own matter.
        Assert.Matches("^error: nosuch:///system: .+\n$", steps[0].Stderr);
        Assert.Equal(steps[0].Stderr, steps[^1].Stderr);
        Assert.Equal(
            [
                "error: failed to get domain 'nosuch'\n",
                "error: --every takes a number of seconds from 1 to 86400, not '0'\n",
                "error: failed to get domain 'nosuch'\n",
                "error: command 'sync' requires <uri> option\n",
                "error: failed to get domain 'nosuch'\n",
            ],
            steps.Skip(1).SkipLast(1).Select(step => step.Stderr));
    }

    [Fact]
    public async Task A_domain_that_the_host_does_not_have_is_not_restored_and_where_to_has_to_be_said()
    {
        await server.Redefine("<domain type='test'><name>elsewhere</name><uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7b0aa</uuid><memory>1</memory><os><type>hvm</type></os></domain>");
        var steps = await server.Run($"restore elsewhere --to {Uri}; restore elsewhere; restore elsewhere --to {Uri} --script x");
        Assert.Equal(
            [
                $"error: {Uri} has no domain 'elsewhere': define it there first, with what 'dumpxml elsewhere --security-info' prints\n",
                "error: where to: one of --to URI and --script DIRECTORY is needed\n",
                "error: where to: one of --to URI and --script DIRECTORY is needed\n",
            ],
            steps.Select(step => step.Stderr));
    }

    [Fact]
    public async Task Drift_names_each_difference_and_what_mends_it_on_either_side()
    {
        using var host = TestDriver.Open(Uri, "test");
        await SyncAsync();
        var before = await server.Session.Api.GetJson("v1/domains/test");
        host.Create("<domaincheckpoint><name>cp-new</name><creationTime>77</creationTime></domaincheckpoint>", TestDriver.Redefine);
        var (_, text, code) = await DriftTextAsync();
        Assert.Equal(1, code);
        Assert.Contains(
            """
            test: unknown-to-store cp-new: store none; host parent -, created 77
              the store as the host: sync test:///default --domain test
              the host as the store: virsh -c test:///default checkpoint-delete test cp-new --metadata

            """,
            text,
            StringComparison.Ordinal);
        Assert.Equal(before, await server.Session.Api.GetJson("v1/domains/test"));

        await SyncAsync();
        host.Create("<domaincheckpoint><name>cp-new</name><creationTime>78</creationTime></domaincheckpoint>", TestDriver.Redefine);
        Assert.Contains("test: definition-differs cp-new: store created 77, description -, disks ; host created 78, description -, disks ", (await DriftTextAsync()).Text, StringComparison.Ordinal);
        host.Delete("cp-new", TestDriver.MetadataOnly);
        Assert.Contains("test: missing-on-host cp-new: store parent -, created 77; host none\n  the store as the host: checkpoint-delete test cp-new --metadata\n  the host as the store: restore test --to test:///default\n", (await DriftTextAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(await server.Run($"restore test --to {Uri}")).Rc);
        Assert.DoesNotContain("cp-new", (await DriftTextAsync()).Text, StringComparison.Ordinal);

        await server.Redefine("<domain type='test'><name>it's nowhere</name><uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7b0ab</uuid><memory>1</memory><os><type>hvm</type></os></domain>");
        var gone = Assert.Single(await server.Run($"drift {Uri} --domain \"it's nowhere\""));
        Assert.Equal(
            ($"it's nowhere: missing-on-host: store 0 checkpoints; host none\n  the host as the store: dumpxml 'it'\\''s nowhere' --security-info, then virsh define, then restore 'it'\\''s nowhere' --to {Uri}\n\n", 1),
            (gone.Stdout, gone.Rc));
    }

    private async Task<(string Error, string Text, int Code)> DriftTextAsync()
    {
        var outcome = Assert.Single(await server.Run($"drift {Uri} --domain test"));
        return (outcome.Stderr, outcome.Stdout, outcome.Rc);
    }

    /// <summary>A create, a redefine in the forest or out of it, or a delete of any kind; libvirt may refuse it.</summary>
    private static void Step(TestDriver host, Random random, int step, HashSet<string> ever)
    {
        var names = host.Names();
        string Any() => names[random.Next(names.Count)];
        switch (names.Count == 0 ? 0 : random.Next(6))
        {
            case 0 or 1:
                host.Create($"<domaincheckpoint><name>c{step}</name><description>step {step}</description></domaincheckpoint>", 0);
                break;
            case 2:
                host.Create($"<domaincheckpoint><name>r{step}</name><parent><name>{Any()}</name></parent><creationTime>{random.Next(1, 100)}</creationTime></domaincheckpoint>", TestDriver.Redefine);
                break;
            case 3:
                host.Create($"<domaincheckpoint><name>{Any()}</name><description>again &lt;{step}&gt;</description><parent><name>{Any()}</name></parent><creationTime>{random.Next(1, 100)}</creationTime></domaincheckpoint>", TestDriver.Redefine);
                break;
            case 4:
                // The name of one that is gone.
                host.Create($"<domaincheckpoint><name>c{random.Next(step)}</name></domaincheckpoint>", 0);
                break;
            default:
                host.Delete(Any(), random.Next(8) switch { 0 => TestDriver.Children, 1 => TestDriver.ChildrenOnly, 2 => TestDriver.MetadataOnly, _ => 0 });
                break;
        }

        ever.UnionWith(host.Names());
    }

    private async Task<JsonNode> SyncAsync()
    {
        var outcome = Assert.Single(await server.Run($"sync {Uri} --domain test --json"));
        Assert.Equal(("", 0), (outcome.Stderr, outcome.Rc));
        return Assert.Single(JsonNode.Parse(outcome.Stdout)!["domains"]!.AsArray())!;
    }

    private async Task<JsonArray> DriftAsync()
    {
        var outcome = Assert.Single(await server.Run($"drift {Uri} --domain test --json"));
        Assert.Equal("", outcome.Stderr);
        var items = Assert.Single(JsonNode.Parse(outcome.Stdout)!["domains"]!.AsArray())!["items"]!.AsArray();
        Assert.Equal(items.Count == 0 ? 0 : 1, outcome.Rc);
        return items;
    }

    private async Task<Dictionary<string, CheckpointItem>> KnownAsync() =>
        (await server.Session.Api.GetAll<CheckpointItem>("v1/domains/test/checkpoints?topological=true")).Value!.ToDictionary(item => item.Name.Value);

    private async Task<long> VersionAsync() => (await server.Session.Api.Get<DomainSummary>("v1/domains/test")).Value!.Version;

    private async Task<IReadOnlyList<string?>> SourcesAsync() =>
        [.. (await server.Session.Api.GetAll<JsonNode>("v1/domains/test/history?order=oldest")).Value!.Select(record => (string?)record["source"])];
}
