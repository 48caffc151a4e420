using System.Net;
using System.Text;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

public sealed class ApiTests
{
    [Fact]
    public async Task A_checkpoint_lives_its_life()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        var (status, made, headers) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint><name>a</name></domaincheckpoint>"));
        Assert.Equal((HttpStatusCode.Created, "a", "\"4\""), (status, (string?)made["checkpoint"], headers.ETag?.Tag));
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/checkpoints", TestHost.Xml("<domaincheckpoint><name>b</name></domaincheckpoint>"));

        var (_, view, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/checkpoints/b");
        Assert.Equal(("a", true, 0, 2), ((string?)view["parent"], (bool)view["current"]!, (int)view["children"]!, view["disks"]!.AsArray().Count));
        var (_, parent, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/checkpoints/b/parent");
        Assert.Equal(("a", 1, 1), ((string?)parent["name"], (int)parent["children"]!, (int)parent["descendants"]!));
        var (root, problem, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/checkpoints/a/parent");
        Assert.Equal((HttpStatusCode.NotFound, "no-parent"), (root, (string?)problem["rule"]));

        var (_, gone, _) = await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/a");
        Assert.Equal(["checkpoint_reparented b", "checkpoint_deleted a"], gone["events"]!.AsArray().Select(e => $"{e!["type"]} {e["checkpoint"]}"));
        var (_, current, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/current");
        Assert.Equal(("b", "b"), ((string?)current["current"], (string?)current["afterRestart"]));
    }

    [Fact]
    public async Task Xml_shows_secrets_only_when_asked()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint><name>a</name></domaincheckpoint>"));
        foreach (var path in new[] { "/v1/domains/one", "/v1/domains/one/checkpoints/a", "/v1/domains/one/bulk" })
        {
            Assert.DoesNotContain("hunter2", await host.XmlAsync(path), StringComparison.Ordinal);
            Assert.Contains("passwd='hunter2'", await host.XmlAsync(path + "?security-info=true"), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<domain ", await host.XmlAsync("/v1/domains/one/checkpoints/a?no-domain=true&security-info=true"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_Match_refuses_who_is_late()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var (late, problem, _) = await host.SendAsync(
            HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint/>"), ("If-Match", "\"2\""));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "version-mismatch"), (late, (string?)problem["rule"]));
        var (intime, _, _) = await host.SendAsync(
            HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint/>"), ("If-Match", "\"3\""));
        Assert.Equal(HttpStatusCode.Created, intime);
    }

    [Fact]
    public async Task Lists_page_and_stay_of_one_version()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        foreach (var name in new[] { "c", "_x", "A", "b", "B2" })
            await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var (_, page, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/one/checkpoints?limit=2{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}");
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["name"]!));
            cursor = (string?)page["next"];
            await host.SendAsync(HttpMethod.Delete, $"/v1/domains/one/checkpoints/{seen[0]}");
        }
        while (cursor is not null);
        Assert.Equal(["_x", "A", "b", "B2", "c"], seen);
    }

    [Fact]
    public async Task A_domain_is_renamed_in_its_definition_too_and_its_checkpoints_stay()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint><name>a</name></domaincheckpoint>"));
        var (status, _, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/rename", new StringContent("""{"name":"two"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("<name>two</name>", await host.XmlAsync($"/v1/domains/{uuid}"), StringComparison.Ordinal);
        Assert.Contains("<name>one</name>", await host.XmlAsync("/v1/domains/two/checkpoints/a"), StringComparison.Ordinal);
        var (missing, _, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one");
        Assert.Equal(HttpStatusCode.NotFound, missing);
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        await using var host = await TestHost.StartAsync();
        var (_, document, _) = await host.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        var paths = document["paths"]!.AsObject().Select(path => path.Key).ToArray();
        Assert.Contains("/v1/domains/{domain}/checkpoints/{name}", paths);
        Assert.Contains("/v1/domains/{domain}/bulk", paths);
    }
}
