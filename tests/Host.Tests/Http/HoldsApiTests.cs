using System.Net;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>Legal holds over HTTP: placed, seen wherever one looks, in the way of every change, released.</summary>
public sealed class HoldsApiTests
{
    private const string Holds = "/v1/domains/one/holds";

    private static readonly (string, string) Why = ("X-Audit-Reason", "court order 4711");

    [Fact]
    public async Task A_hold_is_placed_seen_everywhere_and_released()
    {
        await using var host = await StartAsync("a", "b");
        var (status, placed, headers) = await PlaceAsync(host, """{"id":"case-17","checkpoint":"a"}""");
        Assert.Equal((HttpStatusCode.Created, "case-17", "a", true), (status, (string?)placed["hold"], (string?)placed["checkpoint"], (bool)placed["created"]!));
        Assert.Equal("""[{"type":"hold_placed","checkpoint":"a"}]""", placed["events"]!.ToJsonString());
        Assert.EndsWith("/holds/case-17", headers.Location?.ToString(), StringComparison.Ordinal);
        var again = await PlaceAsync(host, """{"id":"case-17","checkpoint":"a"}""");
        Assert.Equal((HttpStatusCode.OK, false, (long)placed["version"]!), (again.Status, (bool)again.Body["changed"]!, (long)again.Body["version"]!));
        var wide = (await PlaceAsync(host, "{}")).Body;
        Assert.Matches("^hold-[0-9a-f]{12}$", (string?)wide["hold"]);
        Assert.Null(wide["checkpoint"]);

        var (_, list, read) = await host.SendAsync(HttpMethod.Get, Holds);
        Assert.Equal($"\"{wide["version"]}\"", read.ETag?.Tag);
        Assert.Equal(["case-17", (string?)wide["hold"]], list["items"]!.AsArray().Select(hold => (string?)hold!["id"]));
        var first = list["items"]![0]!;
        Assert.Equal(("a", "court order 4711", "local", (long)placed["version"]!),
            ((string?)first["checkpoint"], (string?)first["reason"], (string?)first["actor"], (long)first["version"]!));
        Assert.True(DateTimeOffset.UtcNow - first["recorded"]!.GetValue<DateTimeOffset>() < TimeSpan.FromMinutes(1));
        Assert.Equal(2, (int)(await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Body["holds"]!);
        Assert.Equal(2, (int)(await host.SendAsync(HttpMethod.Get, "/v1/domains")).Body["items"]![0]!["holds"]!);
        Assert.Equal($"""["case-17","{wide["hold"]}"]""", await HoldsOnAsync(host, "a"));
        Assert.Equal($"""["{wide["hold"]}"]""", await HoldsOnAsync(host, "b"));

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, $"{Holds}/{wide["hold"]}", null, Why)).Status);
        Assert.Equal("[]", await HoldsOnAsync(host, "b"));
        Assert.Equal("hold-not-found", (string?)(await host.SendAsync(HttpMethod.Delete, $"{Holds}/{wide["hold"]}", null, Why)).Body["rule"]);
        // As it was then.
        Assert.Equal(2, (await host.SendAsync(HttpMethod.Get, $"{Holds}?at={wide["version"]}")).Body["items"]!.AsArray().Count);
        Assert.Equal(2, (int)(await host.SendAsync(HttpMethod.Get, $"/v1/domains/one?at={wide["version"]}")).Body["holds"]!);
        Assert.Empty((await host.SendAsync(HttpMethod.Get, $"{Holds}?at={(long)placed["version"]! - 1}")).Body["items"]!.AsArray());
        var page = (await host.SendAsync(HttpMethod.Get, $"{Holds}?limit=1&at={wide["version"]}")).Body;
        Assert.Single(page["items"]!.AsArray());
        Assert.Equal((string?)wide["hold"], (string?)(await host.SendAsync(HttpMethod.Get, $"{Holds}?limit=1&at={wide["version"]}&cursor={page["next"]}")).Body["items"]![0]!["id"]);
    }

    [Fact]
    public async Task Whatever_would_change_what_is_held_is_refused_with_its_id()
    {
        await using var host = await StartAsync("a", "b", "c");
        await PlaceAsync(host, """{"id":"case-17","checkpoint":"b"}""");
        var before = await host.XmlAsync("/v1/domains/one/checkpoints/b?security-info=true");
        const string Other = "<domaincheckpoint><name>b</name><creationTime>5</creationTime></domaincheckpoint>";
        (HttpMethod, string, HttpContent?)[] changes =
        [
            (HttpMethod.Delete, "/v1/domains/one/checkpoints/b", null),
            (HttpMethod.Delete, "/v1/domains/one/checkpoints/a", null),
            (HttpMethod.Delete, "/v1/domains/one/checkpoints/a?children=true", null),
            (HttpMethod.Delete, "/v1/domains/one/checkpoints/a?children-only=true", null),
            (HttpMethod.Put, "/v1/domains/one/checkpoints/b/parent", Json("""{"parent":null}""")),
            (HttpMethod.Post, "/v1/domains/one/checkpoints?redefine=true", TestHost.Xml(Other)),
            (HttpMethod.Post, "/v1/domains/one/bulk?mode=merge", TestHost.Xml(Other)),
            (HttpMethod.Delete, "/v1/domains/one?checkpoints-metadata=true", null),
        ];
        foreach (var (method, path, body) in changes)
        {
            var (status, problem, _) = await host.SendAsync(method, path, body, Why);
            Assert.Equal((path, HttpStatusCode.Conflict, "held"), (path, status, (string?)problem["rule"]));
            Assert.Equal("OPERATION_DENIED", (string?)problem["libvirt"]);
            Assert.Contains("legal hold 'case-17' is on checkpoint 'b'; hold-release, or over HTTP DELETE", (string?)problem["detail"], StringComparison.Ordinal);
        }

        // Put back as it is, it may be; and what hangs below it may go.
        var restored = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints?redefine=true", TestHost.Xml(before));
        Assert.Equal(HttpStatusCode.OK, restored.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/c")).Status);
        Assert.Equal(before, await host.XmlAsync("/v1/domains/one/checkpoints/b?security-info=true"));
        await host.SendAsync(HttpMethod.Delete, $"{Holds}/case-17", null, Why);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/v1/domains/one?checkpoints-metadata=true")).Status);
    }

    [Theory]
    [InlineData("""{"id":"-a"}""", HttpStatusCode.BadRequest, "hold-id-invalid")]
    [InlineData("""{"id":""}""", HttpStatusCode.BadRequest, "hold-id-invalid")]
    [InlineData("""{"id":"taken","checkpoint":"a"}""", HttpStatusCode.Conflict, "hold-id-taken")]
    [InlineData("""{"checkpoint":"nosuch"}""", HttpStatusCode.NotFound, "checkpoint-not-found")]
    [InlineData("""{"checkpoint":""}""", HttpStatusCode.NotFound, "checkpoint-not-found")]
    // Taken for nothing, it would hold the whole domain.
    [InlineData("""{"checkpiont":"a"}""", HttpStatusCode.BadRequest, null)]
    [InlineData("", HttpStatusCode.BadRequest, null)]
    public async Task What_makes_no_sense_is_refused(string body, HttpStatusCode expected, string? rule)
    {
        await using var host = await StartAsync("a");
        await PlaceAsync(host, """{"id":"taken"}""");
        var (status, problem, _) = await PlaceAsync(host, body);
        Assert.Equal((expected, rule), (status, (string?)problem["rule"]));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.SendAsync(HttpMethod.Post, Holds, new StringContent("{}"), Why)).Status);
        Assert.Equal("reason-required", (string?)(await host.SendAsync(HttpMethod.Post, Holds, Json("{}"))).Body["rule"]);
        Assert.Equal("reason-required", (string?)(await host.SendAsync(HttpMethod.Delete, $"{Holds}/taken")).Body["rule"]);
        Assert.Equal("hold-not-found", (string?)(await host.SendAsync(HttpMethod.Delete, $"{Holds}/a%20b", null, Why)).Body["rule"]);
        Assert.Equal("version-mismatch", (string?)(await host.SendAsync(HttpMethod.Delete, $"{Holds}/taken", null, Why, ("If-Match", "\"1\""))).Body["rule"]);
        Assert.Single((await host.SendAsync(HttpMethod.Get, Holds)).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task The_history_has_both_ends_of_a_hold_with_the_checkpoint()
    {
        await using var host = await StartAsync("a", "b");
        await PlaceAsync(host, """{"id":"case-17","checkpoint":"a"}""");
        await PlaceAsync(host, """{"id":"wide"}""");
        await host.SendAsync(HttpMethod.Delete, $"{Holds}/case-17", null, Why);
        string[] ofA =
        [
            """hold_placed a@4 [{"field":"hold","before":null,"after":"case-17"}]""",
            """hold_released a@4 [{"field":"hold","before":"case-17","after":null}]""",
        ];
        const string Wide = """hold_placed  [{"field":"hold","before":null,"after":"wide"}]""";
        Assert.Equal(ofA, (await RecordsAsync("/v1/domains/one/history?checkpoint=a")).Skip(1));
        Assert.Equal([ofA[0], Wide, ofA[1]], (await RecordsAsync("/v1/domains/one/history")).TakeLast(3));
        Assert.Equal([ofA[0], Wide, ofA[1]], await RecordsAsync("/v1/audit?type=hold_*"));
        Assert.Equal(ofA, (await RecordsAsync("/v1/audit?checkpoint=a")).Skip(1));

        async Task<string[]> RecordsAsync(string path) =>
            [.. (await host.SendAsync(HttpMethod.Get, path)).Body["items"]!.AsArray().Select(record => $"{record!["type"]} {record["incarnation"]} {record["changes"]!.ToJsonString()}")];
    }

    [Fact]
    public async Task A_reader_sees_holds_and_places_none()
    {
        await using var host = await TestHost.StartAsync(new AccessToken("auditor", "reader", "0123456789abcdef"), new AccessToken("counsel", "writer", "fedcba9876543210"));
        (string, string) reader = ("Authorization", "Bearer 0123456789abcdef"), writer = ("Authorization", "Bearer fedcba9876543210");
        var uuid = Guid.NewGuid().ToString();
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("one", uuid)), writer);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Post, Holds, Json("{}"), Why, reader)).Status);
        Assert.Equal(HttpStatusCode.Created, (await host.SendAsync(HttpMethod.Post, Holds, Json("""{"id":"h"}"""), Why, writer)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Delete, $"{Holds}/h", null, Why, reader)).Status);
        Assert.Equal("counsel", (string?)(await host.SendAsync(HttpMethod.Get, Holds, null, reader)).Body["items"]![0]!["actor"]);
    }

    private static async Task<TestHost> StartAsync(params string[] checkpoints)
    {
        var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        foreach (var name in checkpoints)
            await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
        return host;
    }

    private static Task<(HttpStatusCode Status, JsonNode Body, System.Net.Http.Headers.HttpResponseHeaders Headers)> PlaceAsync(TestHost host, string body) =>
        host.SendAsync(HttpMethod.Post, Holds, Json(body), Why);

    private static async Task<string> HoldsOnAsync(TestHost host, string checkpoint) =>
        (await host.SendAsync(HttpMethod.Get, $"/v1/domains/one/checkpoints/{checkpoint}")).Body["holds"]!.ToJsonString();

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
