using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventCheckpoints.Projections;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>What was seen on libvirt hosts, over HTTP: told, read wherever one looks, as of then, and taken back.</summary>
public sealed class ObservationsApiTests
{
    private const string Seen = "/v1/domains/one/observation";

    [Fact]
    public async Task What_was_seen_is_read_everywhere_and_as_of_then()
    {
        await using var host = await StartAsync();
        var (status, applied) = await PutAsync(host, """{"host":"kvm7:qemu/system","checkpoints":["a"],"disks":[{"target":"vda","source":"/a","capacity":8}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            """[{"type":"domain_host_changed","checkpoint":null},{"type":"checkpoint_lost","checkpoint":"b"},{"type":"domain_disks_seen","checkpoint":null}]""", applied["events"]!.ToJsonString());
        var then = (long)applied["version"]!;
        Assert.False((bool)(await PutAsync(host, """{"host":"kvm7:qemu/system","checkpoints":["a"],"disks":[{"target":"vda","source":"/a","capacity":8}]}""")).Body["changed"]!);
        await PutAsync(host, """{"host":"kvm8:qemu/system","checkpoints":["a","b"],"disks":[{"target":"vda","source":"/a","capacity":9,"bitmaps":[{"name":"a","inconsistent":false}]}]}""");

        var view = (await host.SendAsync(HttpMethod.Get, Seen)).Body;
        Assert.Equal(
            """{"host":"kvm8:qemu/system","disks":[{"target":"vda","source":"/a","serial":null,"capacity":9}],"checkpoints":["a resized","b resized bitmap-missing"]}""", Short(view));
        Assert.Equal(
            """{"host":"kvm7:qemu/system","disks":[{"target":"vda","source":"/a","serial":null,"capacity":8}],"checkpoints":["b lost"]}""",
            Short((await host.SendAsync(HttpMethod.Get, $"{Seen}?at={then}")).Body));
        foreach (var summary in new[] { (await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Body, (await host.SendAsync(HttpMethod.Get, "/v1/domains?host=kvm8:qemu/system")).Body["items"]![0]! })
            Assert.Equal(("kvm8:qemu/system", 0, 2), ((string?)summary["host"], (int)summary["lost"]!, (int)summary["invalid"]!));
        Assert.Equal(("kvm7:qemu/system", 1, 0), await SummaryAsync(host, $"/v1/domains/one?at={then}"));
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/v1/domains?host=kvm7:qemu/system")).Body["items"]!.AsArray());
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/v1/domains?host=%20")).Body["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Get, "/v1/domains?host=kvm7:qemu/system&at=2026-11-20T12:00:00Z")).Status);

        var one = (await host.SendAsync(HttpMethod.Get, "/v1/domains/one/checkpoints/b")).Body;
        Assert.Equal(
            """[{"disk":"vda","fault":"resized","evidence":"vda had 8 bytes, and has 9"},{"disk":"vda","fault":"bitmap-missing","evidence":"/a has no bitmap 'b'"}]""", JsonSerializer.Serialize(one["faults"], Wire.Options));
        Assert.Equal("kvm7:qemu/system lists 1 checkpoint of the domain, and not this one", (string?)(await host.SendAsync(HttpMethod.Get, $"/v1/domains/one/checkpoints/b?at={then}")).Body["lost"]);
        Assert.Equal(["a", "b"], await NamesAsync(host, "invalid=true"));
        Assert.Empty(await NamesAsync(host, "lost=true"));
        Assert.Equal(["b"], await NamesAsync(host, $"lost=true&at={then}"));
        Assert.Equal("""["vda resized","vda bitmap-missing"]""", (await host.SendAsync(HttpMethod.Get, "/v1/domains/one/checkpoints")).Body["items"]![1]!["invalid"]!.ToJsonString());

        // The domain is gone from there: all are lost. Another host's word is none.
        Assert.False((bool)(await host.SendAsync(HttpMethod.Delete, $"{Seen}?host=kvm7:qemu/system")).Body["changed"]!);
        Assert.True((bool)(await host.SendAsync(HttpMethod.Delete, $"{Seen}?host=kvm8:qemu/system")).Body["changed"]!);
        Assert.Equal((null, 2, 2), await SummaryAsync(host, "/v1/domains/one"));
    }

    [Fact]
    public async Task A_time_lists_domains_with_what_had_been_seen_by_then()
    {
        await using var host = await StartAsync();
        await PutAsync(host, """{"host":"kvm7:qemu/system","checkpoints":["a"],"disks":[]}""");
        var time = (string?)(await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Body["lastChange"];
        await PutAsync(host, """{"host":"kvm7:qemu/system","checkpoints":["a","b"],"disks":[{"target":"vda"}]}""");
        var page = (await host.SendAsync(HttpMethod.Get, $"/v1/domains?at={Uri.EscapeDataString(time!)}")).Body;
        var then = page["items"]![0]!;
        Assert.Equal(("kvm7:qemu/system", 1, 2), ((string?)then["host"], (int)then["lost"]!, (int)then["invalid"]!));
        Assert.Equal(("kvm7:qemu/system", 0, 0), await SummaryAsync(host, "/v1/domains/one"));
    }

    [Theory]
    [InlineData("""{"checkpoints":[],"disks":[]}""")]
    [InlineData("""{"host":"kvm 7","checkpoints":[],"disks":[]}""")]
    [InlineData("""{"host":"kvm7","checkpoints":["a b"],"disks":[]}""")]
    [InlineData("""{"host":"kvm7","checkpoints":[],"disks":[{"target":"vda"},{"target":"vda"}]}""")]
    [InlineData("""{"host":"kvm7","checkpoints":[],"disks":[{"target":"v\u0000"}]}""")]
    [InlineData("""{"host":"kvm7","checkpoints":[],"disks":[],"elsewhere":{"/a":"b\u0000"}}""")]
    [InlineData("""{"host":"kvm7","checkpoints":[],"disks":[],"gone":true}""")]
    public async Task What_cannot_have_been_seen_is_refused_and_changes_nothing(string body)
    {
        await using var host = await StartAsync();
        var before = (long)(await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Body["version"]!;
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(host, body)).Status);
        Assert.Equal(before, (long)(await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Body["version"]!);
    }

    private static async Task<TestHost> StartAsync()
    {
        var host = await TestHost.StartAsync();
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("one", "c7a5fdbd-edaf-9455-926a-d65c16db1809")));
        foreach (var name in (string[])["a", "b"]) await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name><disks><disk name='vda'/></disks></domaincheckpoint>"));
        return host;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> PutAsync(TestHost host, string body)
    {
        var (status, answer, _) = await host.SendAsync(HttpMethod.Put, Seen, new StringContent(body, null, "application/json"));
        return (status, answer);
    }

    private static async Task<(string? Host, int Lost, int Invalid)> SummaryAsync(TestHost host, string path)
    {
        var summary = (await host.SendAsync(HttpMethod.Get, path)).Body;
        return ((string?)summary["host"], (int)summary["lost"]!, (int)summary["invalid"]!);
    }

    private static async Task<string?[]> NamesAsync(TestHost host, string query) =>
        [.. (await host.SendAsync(HttpMethod.Get, $"/v1/domains/one/checkpoints?{query}")).Body["items"]!.AsArray().Select(item => (string?)item!["name"])];

    private static string Short(JsonNode view) => new JsonObject
    {
        ["host"] = view["host"]?.DeepClone(),
        ["disks"] = view["disks"]!.DeepClone(),
        ["checkpoints"] = new JsonArray([.. view["checkpoints"]!.AsArray().Select(checkpoint => (JsonNode)string.Join(' ', new[] { (string?)checkpoint!["name"], checkpoint["lost"] is null ? null : "lost" }
            .Concat(checkpoint["faults"]!.AsArray().Select(fault => (string?)fault!["fault"])).OfType<string>()))]),
    }.ToJsonString();
}
