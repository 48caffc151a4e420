using System.Net;
using System.Text;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

public sealed class BulkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dump_undefine_redefine_list_gives_the_same_dump(bool shuffled)
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await GrowAsync(host, uuid);
        var before = await host.XmlAsync("/v1/domains/one/bulk?security-info=true");
        var (undefined, _, _) = await host.SendAsync(HttpMethod.Delete, "/v1/domains/one?checkpoints-metadata=true");
        Assert.Equal(HttpStatusCode.OK, undefined);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(new Uri("/v1/domains/one", UriKind.Relative))).StatusCode);

        var (status, report, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", TestHost.Xml(shuffled ? Reversed(before) : before));
        Assert.Equal((HttpStatusCode.OK, 9), (status, report["created"]!.AsArray().Count));
        Assert.Equal(before, await host.XmlAsync("/v1/domains/one/bulk?security-info=true"));

        // Asking twice changes once.
        var (_, again, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk?mode=merge", TestHost.Xml(before));
        Assert.Equal((false, 9), ((bool)again["changed"]!, again["unchanged"]!.AsArray().Count));
        var (_, refused, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", TestHost.Xml(before));
        Assert.Equal("list-not-empty", (string?)refused["rule"]);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_happen_and_does_not()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        const string list = "<checkpoints current='a'><domaincheckpoint><name>a</name><creationTime>1</creationTime></domaincheckpoint></checkpoints>";
        var (_, report, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk?dry-run=true", TestHost.Xml(list));
        Assert.Equal((true, false, "a", 3), ((bool)report["dryRun"]!, (bool)report["changed"]!, (string?)report["current"], (int)report["version"]!));
        var (_, domain, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one");
        Assert.Equal((3, 0), ((int)domain["version"]!, (int)domain["checkpoints"]!));
    }

    [Fact]
    public async Task Several_files_are_one_list_and_every_bad_item_is_named()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        static StringContent Item(string name, string parent, string time = "<creationTime>1</creationTime>") => new(
            $"<domaincheckpoint><name>{name}</name>{(parent.Length == 0 ? "" : $"<parent><name>{parent}</name></parent>")}{time}</domaincheckpoint>", Encoding.UTF8, "application/xml");
        using var bad = new MultipartFormDataContent
        {
            { Item("b", "a"), "file", "b.xml" }, { Item("a", "", ""), "file", "a.xml" }, { Item("c", "nobody"), "file", "c.xml" },
        };
        var (status, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", bad);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal(["1 a creation-time-missing", "2 c parent-not-found"], problem["items"]!.AsArray().Select(item => $"{item!["index"]} {item["name"]} {item["rule"]}"));

        using var good = new MultipartFormDataContent { { Item("b", "a"), "file", "b.xml" }, { Item("a", ""), "file", "a.xml" } };
        var (_, report, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", good);
        Assert.Equal((2, "b"), (report["created"]!.AsArray().Count, (string?)report["current"]));
    }

    [Fact]
    public async Task Loose_checkpoints_register_their_domain_when_asked_to_and_say_that_they_were_imported()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = Guid.NewGuid().ToString();
        var loose = $"<domaincheckpoint><name>a</name><creationTime>1</creationTime>{TestHost.DomainXml("one", uuid)}</domaincheckpoint>";
        Assert.Equal("domain-not-found", (string?)(await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/bulk?mode=merge", TestHost.Xml(loose))).Body["rule"]);
        Assert.Equal("domain-not-found", (string?)(await host.SendAsync(HttpMethod.Post, $"/v1/domains/{Guid.NewGuid()}/bulk?mode=merge&register=true", TestHost.Xml(loose))).Body["rule"]);
        var (_, dry, _) = await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/bulk?mode=merge&register=true&dry-run=true", TestHost.Xml(loose), ("X-Source", "import"));
        Assert.Equal((0, "one", "a"), ((int)dry["version"]!, (string?)dry["domainName"], (string?)dry["current"]));
        var (status, report, _) = await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/bulk?mode=merge&register=true", TestHost.Xml(loose), ("X-Source", "import"), ("If-Match", "\"0\""));
        Assert.Equal((HttpStatusCode.OK, 4), (status, (int)report["version"]!));
        var (_, history, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?source=import&type=checkpoint_*");
        Assert.Equal("a", (string?)Assert.Single(history["items"]!.AsArray())!["checkpoint"]);
        var (late, problem, _) = await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/bulk?mode=merge&register=true", TestHost.Xml(loose.Replace(">1<", ">2<", StringComparison.Ordinal)), ("If-Match", "\"0\""));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "version-mismatch"), (late, (string?)problem["rule"]));
    }

    /// <summary>A forest of nine with branches, two definitions, a description to escape, and a current one that is not what redefines alone would leave.</summary>
    private static async Task GrowAsync(TestHost host, string uuid)
    {
        foreach (var (name, parent, time) in new[] { ("r", "", 10), ("a", "r", 11), ("b", "r", 11), ("c", "a", 12), ("d", "a", 9), ("q", "", 10), ("e", "d", 15) })
        {
            var xml = $"<domaincheckpoint><name>{name}</name><description>&lt;{name}&gt; &amp; 'more'\nlines</description>"
                + (parent.Length == 0 ? "" : $"<parent><name>{parent}</name></parent>")
                + $"<creationTime>{time}</creationTime>{(name == "b" ? TestHost.DomainXml("older", uuid) : "")}</domaincheckpoint>";
            var (status, _, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints?redefine=true", TestHost.Xml(xml));
            Assert.Equal(HttpStatusCode.Created, status);
        }

        foreach (var name in new[] { "new1", "new2" })
            await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
        var (_, moved, _) = await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/r");
        Assert.True((bool)moved["changed"]!);
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint><name>new3</name></domaincheckpoint>"));
    }

    /// <summary>The same document with its items in reverse: children before parents.</summary>
    private static string Reversed(string dump)
    {
        const string end = "</domaincheckpoint>\n";
        var first = dump.IndexOf("    <domaincheckpoint>", StringComparison.Ordinal);
        var last = dump.LastIndexOf(end, StringComparison.Ordinal) + end.Length;
        var items = dump[first..last].Split(end, StringSplitOptions.RemoveEmptyEntries);
        return dump[..first] + string.Concat(items.Reverse().Select(item => item + end)) + dump[last..];
    }
}
