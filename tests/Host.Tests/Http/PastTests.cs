using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>at= on every read, and diff.</summary>
public sealed class PastTests
{
    [Fact]
    public async Task Every_read_answers_as_it_did_then()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "a", "b");
        string[] json =
        [
            "", "/checkpoints", "/checkpoints?leaves=true", "/checkpoints?topological=true&from=a&descendants=true", "/checkpoints/b",
            "/checkpoints/b/parent", "/checkpoints/a/children", "/checkpoints/a/descendants", "/current",
        ];
        string[] xml = ["", "/checkpoints/b", "/bulk", "/bulk?no-domain=true&security-info=true"];
        var before = new List<string>();
        foreach (var path in json) before.Add((await host.SendAsync(HttpMethod.Get, $"/v1/domains/one{path}")).Body.ToJsonString());
        foreach (var path in xml) before.Add(await host.XmlAsync($"/v1/domains/one{path}"));
        var time = await ClockAsync(host);

        await CreateAsync(host, "c");
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/a");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/rename", new StringContent("""{"name":"two"}""", Encoding.UTF8, "application/json"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/two?checkpoints-metadata=true");

        foreach (var at in new[] { "at=5", $"at={Uri.EscapeDataString(time)}", $"by=occurred&at={Uri.EscapeDataString(time)}" })
        {
            foreach (var key in at == "at=5" ? new[] { uuid, "two" } : [uuid, "one", "two"])
            {
                var then = new List<string>();
                foreach (var path in json)
                {
                    var (status, body, headers) = await host.SendAsync(HttpMethod.Get, With($"/v1/domains/{key}{path}", at));
                    Assert.Equal((HttpStatusCode.OK, "\"5\""), (status, headers.ETag?.Tag));
                    then.Add(body.ToJsonString());
                }

                foreach (var path in xml) then.Add(await host.XmlAsync(With($"/v1/domains/{key}{path}", at)));
                Assert.Equal(before, then);
            }
        }

        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Status);
    }

    [Theory]
    [InlineData("at=0", 404, "domain-not-then")]
    [InlineData("at=2", 404, "domain-not-then")]
    [InlineData("at=2020-01-01T00:00:00Z", 404, "domain-not-then")]
    [InlineData("at=2020-01-01T00:00:00.123456789%2B01:00", 404, "domain-not-then")]
    [InlineData("at=0001-01-01T00:00:00Z", 404, "domain-not-then")]
    [InlineData("at=5", 404, "still-to-come")]
    [InlineData("at=9223372036854775807", 404, "still-to-come")]
    [InlineData("at=99999999999999999999999", 404, "still-to-come")]
    [InlineData("at=9999-12-31T23:59:59.9999999Z", 404, "still-to-come")]
    [InlineData("at=", 400, "request-invalid")]
    [InlineData("at=-1", 400, "request-invalid")]
    [InlineData("at=1.5", 400, "request-invalid")]
    [InlineData("at=%D9%A3", 400, "request-invalid")]
    [InlineData("at=3&at=4", 400, "request-invalid")]
    [InlineData("at=now", 400, "request-invalid")]
    [InlineData("at=2026-11-20", 400, "request-invalid")]
    [InlineData("at=2026-11-20T12:00:00", 400, "request-invalid")]
    [InlineData("at=2026-13-20T12:00:00Z", 400, "request-invalid")]
    [InlineData("at=2026-11-20T12:00:00+01:00", 400, "request-invalid")]
    [InlineData("at=2026-11-20T12:00:00Z';drop table x", 400, "request-invalid")]
    [InlineData("at=2020-01-01T00:00:00Z&by=guess", 400, "request-invalid")]
    [InlineData("at=3&by=occurred", 400, "request-invalid")]
    [InlineData("by=recorded", 400, "request-invalid")]
    public async Task A_point_that_was_not_or_is_none_gets_its_sentence(string at, int status, string rule)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await CreateAsync(host, "a");
        foreach (var path in new[] { "", "/checkpoints", "/checkpoints/a", "/checkpoints/a/parent", "/checkpoints/a/children", "/checkpoints/a/descendants", "/current", "/bulk" })
        {
            var (given, problem, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/one{path}?{at}");
            Assert.Equal((status, rule), ((int)given, (string?)problem["rule"]));
            Assert.NotEmpty((string)problem["detail"]!);
        }
    }

    [Fact]
    public async Task A_domain_that_was_undefined_in_between_was_not_there_then()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("one", uuid)));
        var (_, problem, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one?at=4");
        Assert.Equal("domain-not-then", (string?)problem["rule"]);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/v1/domains/one?at=3")).Status);
        var (_, nobody, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/{Guid.NewGuid()}?at=2020-01-01T00:00:00Z");
        Assert.Equal("domain-not-then", (string?)nobody["rule"]);
        var (_, unknown, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/nosuch?at=3");
        Assert.Equal("domain-not-found", (string?)unknown["rule"]);
    }

    [Fact]
    public async Task The_list_of_domains_is_what_it_was()
    {
        await using var host = await TestHost.StartAsync();
        string[] queries = ["", "with-checkpoints=true", "with-checkpoints=false", "limit=2"];
        var then = new List<(string Time, string[] Pages)>();
        async Task Remember()
        {
            var pages = new List<string>();
            foreach (var query in queries) pages.Add((await host.SendAsync(HttpMethod.Get, $"/v1/domains?{query}")).Body.ToJsonString());
            then.Add((Uri.EscapeDataString(await ClockAsync(host)), [.. pages]));
        }

        await Remember();
        foreach (var name in (string[])["one", "two", "three"]) await host.DefineAsync(name);
        await Remember();
        await CreateAsync(host, "a", "b");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/holds", new StringContent("""{"checkpoint":"a"}""", Encoding.UTF8, "application/json"), ("X-Audit-Reason", "case"));
        await Remember();
        // Registered again, a domain is the last in the list; under another name it stays where it was.
        var uuid = (string)(await host.SendAsync(HttpMethod.Get, "/v1/domains/two")).Body["id"]!;
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/two");
        await Remember();
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("two", uuid)));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/rename", new StringContent("""{"name":"four"}""", Encoding.UTF8, "application/json"));
        await Remember();
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/three");
        await Remember();

        foreach (var (time, pages) in then)
        {
            for (var i = 0; i < queries.Length; i++)
            {
                var (_, body, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains?{queries[i]}&at={time}");
                Assert.Equal(pages[i], body.ToJsonString());
                if ((string?)body["next"] is { } next)
                    Assert.Equal(Names(JsonNode.Parse(pages[0])!).Skip(2), Names((await host.SendAsync(HttpMethod.Get, $"/v1/domains?limit=2&cursor={next}&at={time}")).Body));
            }
        }

        Assert.Equal(["four", "two"], Names((await host.SendAsync(HttpMethod.Get, $"/v1/domains?at={then[^1].Time}&by=occurred")).Body));
        foreach (var (query, rule) in new[] { ("at=3", "request-invalid"), ("at=9999-01-01T00:00:00Z", "still-to-come"), ("by=occurred", "request-invalid"), ("at=soon", "request-invalid"), ($"at={then[1].Time}&cursor=x", "request-invalid") })
            Assert.Equal(rule, (string?)(await host.SendAsync(HttpMethod.Get, $"/v1/domains?{query}")).Body["rule"]);
    }

    [Fact]
    public async Task A_diff_says_what_differs_and_shows_no_secret_unasked()
    {
        await using var host = await TestHost.StartAsync(
            new EventCheckpoints.Host.Http.AccessToken("ann", "writer", "writer-token-0123456789"), new EventCheckpoints.Host.Http.AccessToken("bob", "reader", "reader-token-0123456789"));
        host.Client.DefaultRequestHeaders.Add("Authorization", "Bearer writer-token-0123456789");
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "a", "b");
        var changed = TestHost.DomainXml("one", uuid).Replace("1024", "2048", StringComparison.Ordinal).Replace("hunter2", "hunter3", StringComparison.Ordinal);
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(changed));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/a");

        var (_, diff, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/diff?from=b");
        Assert.Equal((5, 9, false), ((int)diff["from"]!, (int)diff["to"]!, (bool)diff["same"]!));
        Assert.Equal(["definition", "deleted", "reparented"], diff["differences"]!.AsArray().Select(d => (string)d!["kind"]!));
        var lines = (string)diff["definitions"]![0]!["unified"]!;
        Assert.Contains("-  <memory>1024</memory>", lines, StringComparison.Ordinal);
        Assert.Contains("+  <memory>2048</memory>", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", lines, StringComparison.Ordinal);
        var (_, open, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/diff?from=b&security-info=true");
        Assert.Contains("hunter3", (string)open["definitions"]![0]!["unified"]!, StringComparison.Ordinal);
        var (_, same, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/diff?from=9");
        Assert.Equal((true, 0), ((bool)same["same"]!, same["differences"]!.AsArray().Count));

        foreach (var (query, rule) in new[] { ("", "request-invalid"), ("from=nosuch", "checkpoint-not-found"), ("from=10", "still-to-come"), ("from=a/b", "request-invalid"), ("from=1&to=", "request-invalid"), ("from=1&by=x", "request-invalid") })
            Assert.Equal(rule, (string?)(await host.SendAsync(HttpMethod.Get, $"/v1/domains/one/diff?{query}")).Body["rule"]);
        host.Client.DefaultRequestHeaders.Remove("Authorization");
        host.Client.DefaultRequestHeaders.Add("Authorization", "Bearer reader-token-0123456789");
        Assert.Equal("secure-denied", (string?)(await host.SendAsync(HttpMethod.Get, "/v1/domains/one/diff?from=b&security-info=true")).Body["rule"]);
    }

    private static IEnumerable<string> Names(JsonNode page) => page["items"]!.AsArray().Select(item => (string)item!["name"]!);

    private static string With(string path, string at) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{at}";

    private static async Task CreateAsync(TestHost host, params string[] names)
    {
        foreach (var name in names)
            await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
    }

    /// <summary>The database's clock: what is recorded later is later.</summary>
    private static async Task<string> ClockAsync(TestHost host)
    {
        await using var database = Wiring.DataSource(host.ConnectionString);
        await using var command = database.CreateCommand("""select to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
