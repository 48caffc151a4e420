using System.Net;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>History and audit over HTTP: records, pages, exports and what is refused.</summary>
public sealed class AuditApiTests
{
    [Fact]
    public async Task History_tells_what_changed_who_did_it_and_why()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "a", "");
        await CreateAsync(host, "b", Uri.EscapeDataString("für den Prüfer"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/b", null, ("X-Source", "cli"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        var (_, page, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/history?checkpoint=b");
        var (created, deleted) = (page["items"]![0]!, page["items"]![1]!);
        Assert.Equal(
            ("00000000000000000006", uuid, "one", 5, "checkpoint_created", "b", "b@5", "local", "api", "für den Prüfer"),
            ((string?)created["sequence"], (string?)created["domain"], (string?)created["domainName"], (int)created["version"]!, (string?)created["type"],
                (string?)created["checkpoint"], (string?)created["incarnation"], (string?)created["actor"], (string?)created["source"], (string?)created["reason"]));
        Assert.Equal("""{"field":"parent","before":null,"after":"a"}""", Change(created, "parent"));
        Assert.Equal("""{"field":"current","before":"a","after":"b"}""", Change(created, "current"));
        Assert.Equal(
            ("checkpoint_deleted", "cli", null, "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"),
            ((string?)deleted["type"], (string?)deleted["source"], (string?)deleted["reason"], (string?)deleted["correlation"], (string?)deleted["causation"]));
        Assert.Equal("""{"field":"current","before":"b","after":"a"}""", Change(deleted, "current"));
        Assert.Equal(
            """{"field":"disks","before":[{"name":"vda","mode":"bitmap","bitmap":"b"},{"name":"vdb","mode":"bitmap","bitmap":"b"}],"after":null}""", Change(deleted, "disks"));

        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one?checkpoints-metadata=true");
        var (_, newest, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/one/history?order=newest&limit=1");
        Assert.Equal(("domain_undefined", "8"), ((string?)newest["items"]![0]!["type"], (string?)newest["next"]));
        var (_, rest, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/{uuid}/history?order=newest&cursor=8");
        Assert.Equal([7, 6, 5, 4, 3, 2, 1], rest["items"]!.AsArray().Select(item => (int)item!["version"]!));
    }

    [Theory]
    [InlineData("/v1/domains/two/history", 404, "domain-not-found")]
    [InlineData("/v1/domains/one/history?checkpoint=never", 404, "checkpoint-not-found")]
    [InlineData("/v1/domains/one/history?order=any", 400, "request-invalid")]
    [InlineData("/v1/domains/one/history?cursor=x", 400, "request-invalid")]
    [InlineData("/v1/audit?limit=0", 400, "request-invalid")]
    [InlineData("/v1/audit?after=-1", 400, "request-invalid")]
    [InlineData("/v1/audit?type=nothing_*", 400, "request-invalid")]
    [InlineData("/v1/audit?domain=two", 404, "domain-not-found")]
    [InlineData("/v1/audit?from=2026-03-06T12:00:00", 400, "request-invalid")]
    [InlineData("/v1/audit?to=yesterday", 400, "request-invalid")]
    public async Task What_cannot_be_answered_is_refused(string path, int status, string rule)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var (answered, problem, _) = await host.SendAsync(HttpMethod.Get, path);
        Assert.Equal((status, rule), ((int)answered, (string?)problem["rule"]));
    }

    [Fact]
    public async Task Audit_pages_go_on_after_the_last_sequence()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await CreateAsync(host, "a", "");
        var (_, first, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?limit=3&from=2026-01-01&to=2999-01-01T00:00:00%2B01:00");
        Assert.Equal((3, "00000000000000000003"), (first["items"]!.AsArray().Count, (string?)first["next"]));
        Assert.Equal("host_started", (string?)first["items"]![0]!["type"]);
        var (_, second, _) = await host.SendAsync(HttpMethod.Get, $"/v1/audit?type=*checkpoint*&after={first["next"]}");
        Assert.Equal((1, null), (second["items"]!.AsArray().Count, (string?)second["next"]));
        await CreateAsync(host, "b", "");
        var (_, third, _) = await host.SendAsync(HttpMethod.Get, $"/v1/audit?type=*checkpoint*&after={second["items"]![0]!["sequence"]}");
        Assert.Equal("b", (string?)third["items"]![0]!["checkpoint"]);
        var (_, back, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?order=newest&after=3");
        Assert.Equal(["domain_registered", "host_started"], back["items"]!.AsArray().Select(item => (string?)item!["type"]));
    }

    [Fact]
    public async Task An_export_has_every_record_and_says_how_many()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await CreateAsync(host, "-a", Uri.EscapeDataString("=1+1, \"said\" he"));
        await CreateAsync(host, "b", "'quoted");
        var lines = (await ExportAsync(host, "application/jsonl", "")).TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToArray();
        var (_, page, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?to=" + Uri.EscapeDataString((string)lines[^2]["recorded"]!) + "&limit=1000");
        var (_, last, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?after=5&limit=1");
        page["items"]!.AsArray().Add(last["items"]![0]!.DeepClone());
        Assert.All(lines[..^1], line => Assert.True(line.AsObject().Remove("evidence")));
        Assert.Equal(page["items"]!.AsArray().Select(item => item!.ToJsonString()), lines[..^1].Select(line => line.ToJsonString()));
        Assert.Equal("6 00000000000000000001 00000000000000000006 00000000000000000006 false 6", Claim(lines[^1]));
        Assert.Equal("0   00000000000000000009 true 9", Claim(JsonNode.Parse(await ExportAsync(host, "application/jsonl", "?actor=nobody"))!));

        var csv = await ExportAsync(host, "text/csv", "?checkpoint=*");
        Assert.EndsWith("\r\n", csv, StringComparison.Ordinal);
        var rows = Csv(csv);
        Assert.All(rows, row => Assert.Equal(24, row.Count));
        Assert.Equal(["record", "event", "event", "complete"], rows.Select(row => row[0]));
        Assert.Equal(("'-a", "'=1+1, \"said\" he", "''quoted"), (rows[1][6], rows[1][11], rows[2][11]));
        Assert.Equal(lines[4]["changes"]!.ToJsonString(), JsonNode.Parse(rows[1][8])!.ToJsonString());
        Assert.Equal(2, (int)JsonNode.Parse(rows[3][8])!["count"]!);
    }

    [Fact]
    public async Task A_reader_may_read_it_and_a_stranger_may_not()
    {
        await using var host = await TestHost.StartAsync(new AccessToken("auditor", Access.Reader, "0123456789abcdef"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/v1/audit")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/v1/domains/one/history")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/v1/audit", null, ("Authorization", "Bearer 0123456789abcdef"))).Status);
    }

    private static async Task CreateAsync(TestHost host, string name, string reason) => await host.SendAsync(
        HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"), ("X-Audit-Reason", reason));

    private static string Claim(JsonNode line) =>
        string.Join(' ', ((string[])["count", "first", "last", "through", "filtered", "treeSize"]).Select(field => line["complete"]![field]?.ToString()));

    private static async Task<string> ExportAsync(TestHost host, string type, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/audit" + query) { Headers = { { "Accept", type } } };
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync();
    }

    private static string? Change(JsonNode record, string field) =>
        record["changes"]!.AsArray().SingleOrDefault(change => (string?)change!["field"] == field)?.ToJsonString();

    /// <summary>RFC 4180, read by its grammar.</summary>
    private static List<List<string>> Csv(string text)
    {
        var (rows, row, at) = (new List<List<string>>(), new List<string>(), 0);
        while (at < text.Length)
        {
            var cell = new System.Text.StringBuilder();
            if (text[at] == '"')
            {
                for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'); at++)
                {
                    if (text[at] == '"') at++;
                    cell.Append(text[at]);
                }

                at++;
            }
            else
            {
                while (text[at] is not (',' or '\r')) cell.Append(text[at++]);
            }

            row.Add(cell.ToString());
            if (text[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", text[at..(at + 2)]);
            at += 2;
            rows.Add(row);
            row = [];
        }

        return rows;
    }
}
