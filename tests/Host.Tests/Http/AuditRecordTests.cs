using System.Net;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Http;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>What is refused, denied or read is on record before anybody hears the answer.</summary>
public sealed class AuditRecordTests
{
    private static readonly AccessToken Writer = new("backup", Access.Writer, "0123456789abcdef");
    private static readonly AccessToken Reader = new("auditor", Access.Reader, "fedcba9876543210");

    [Fact]
    public async Task A_refused_command_is_a_record_with_rule_actor_and_address()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        var (status, problem, _) = await host.SendAsync(
            HttpMethod.Delete, "/v1/domains/one/checkpoints/gone?children=true", null, ("X-Audit-Reason", "clean%20up"), ("X-Source", "cli"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        Assert.Equal(HttpStatusCode.NotFound, status);
        var record = Assert.Single(await ItemsAsync(host, "outcome=refused"));
        Assert.Equal(
            ("command_refused", "refused", uuid, "gone", "local", "cli", "clean up", "0af7651916cd43dd8448eb211c80319c", "127.0.0.1", "loopback"),
            ((string?)record["type"], (string?)record["outcome"], (string?)record["domain"], (string?)record["checkpoint"], (string?)record["actor"], (string?)record["source"],
                (string?)record["reason"], (string?)record["correlation"], (string?)record["address"], (string?)record["authentication"]));
        Assert.Equal(
            ("DELETE /v1/domains/one/checkpoints/gone?children=true", "checkpoint-not-found", (string?)problem["detail"]),
            ((string?)record["asked"]!["request"], (string?)record["asked"]!["rule"], (string?)record["asked"]!["detail"]));
        Assert.StartsWith("eventcheckpoints 0.", (string?)record["software"], StringComparison.Ordinal);
        // It is found by what it is about, and nothing else is said of the domain.
        Assert.Single(await ItemsAsync(host, $"domain={uuid}&type=command_*&checkpoint=g*"));
        var (_, domain, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one");
        Assert.Equal(3, (int)domain["version"]!);
        var (_, history, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one/history");
        Assert.Equal(["127.0.0.1", "loopback"], ((string?[])[(string?)history["items"]![0]!["address"], (string?)history["items"]![0]!["authentication"]]));
    }

    [Fact]
    public async Task Refusals_without_a_domain_and_of_lists_and_bodies_are_records_too_and_refused_reads_are_not()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml("<domain/>"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/two");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", TestHost.Xml("<nonsense/>"));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint><name>a</name></domaincheckpoint>"), ("If-Match", "\"99\""));
        await host.SendAsync(HttpMethod.Get, "/v1/domains/two");
        var refused = await ItemsAsync(host, "outcome=refused");
        Assert.Equal(
            ["domain-name-missing", "domain-not-found", "xml-unexpected-root", "version-mismatch"], refused.Select(record => (string?)record["asked"]!["rule"]));
        Assert.Equal([true, true, false, false], refused.Select(record => record["domain"] is null));
    }

    [Theory]
    [InlineData("DELETE", "/v1/domains/one/checkpoints/a%01b", "reason")]
    [InlineData("DELETE", "/v1/domains/%01%1b%0a", "two%0Alines%00")]
    [InlineData("DELETE", "/v1/domains/one?x=%00%ed%a0%80", "%ED%A0%80")]
    public async Task Whatever_a_caller_sends_the_refusal_is_on_record(string method, string path, string reason)
    {
        await using var host = await TestHost.StartAsync();
        var (status, _, _) = await host.SendAsync(new HttpMethod(method), path, null, ("X-Audit-Reason", reason));
        Assert.InRange((int)status, 400, 499);
        var record = Assert.Single(await ItemsAsync(host, "outcome=refused"));
        Assert.DoesNotContain(record.ToString(), c => char.IsControl(c) && c is not ('\n' or '\r'));
    }

    /// <summary>What the server itself turns away before any rule is asked.</summary>
    [Theory]
    [InlineData("DELETE", "/v1/domains/one/checkpoints/a?children=maybe", null, null, 400)]
    [InlineData("DELETE", "/v1/domains/one?checkpoints-metadata=", null, null, 400)]
    [InlineData("PUT", "/v1/domains/one/checkpoints/a/parent", "{", "application/json", 400)]
    [InlineData("PUT", "/v1/domains/one/checkpoints/a/parent", "null", "application/json", 400)]
    [InlineData("POST", "/v1/domains/one/rename", "{\"name\":\"two\"}", "text/plain", 415)]
    [InlineData("POST", "/v1/domains/one/holds", "[1]", "application/json", 400)]
    [InlineData("PATCH", "/v1/domains/one", null, null, 405)]
    [InlineData("DELETE", "/v1/nothing", null, null, 404)]
    public async Task A_request_that_no_rule_ever_saw_is_on_record_too(string method, string path, string? body, string? type, int status)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        using var content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, type!);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        var record = Assert.Single(await ItemsAsync(host, "outcome=refused"));
        Assert.Equal(("request-invalid", "local", $"{method} {path}"), ((string?)record["asked"]!["rule"], (string?)record["actor"], (string?)record["asked"]!["request"]));
    }

    [Fact]
    public async Task A_body_that_is_too_large_to_be_looked_at_is_on_record_too()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        using var body = new StringContent("{\"name\":\"" + new string('n', 31_000_000) + "\"}", System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/domains/one/rename") { Content = body, Headers = { ExpectContinue = true } };
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("413 Payload Too Large", (string?)Assert.Single(await ItemsAsync(host, "outcome=refused"))["asked"]!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_story_is_cut()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var name = new string('n', 3_000_000);
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints?redefine=true", TestHost.Xml($"<domaincheckpoint><name>a</name><creationTime>1</creationTime><parent><name>{name}</name></parent></domaincheckpoint>"));
        Assert.Equal(2_001, ((string?)Assert.Single(await ItemsAsync(host, "outcome=refused"))["asked"]!["detail"])!.Length);
    }

    [Fact]
    public async Task Denials_are_records_with_who_was_denied_where_that_is_known()
    {
        await using var host = await TestHost.StartAsync(Writer, Reader);
        await host.SendAsync(HttpMethod.Get, "/v1/domains", null, ("Authorization", "Bearer of-bad-news-0000"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one", null, ("Authorization", "Bearer " + Reader.Token));
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml("<domain/>"), ("Origin", "http://evil.example"));
        var denied = await ItemsAsync(host, "outcome=denied", Reader);
        Assert.Equal(["unauthenticated", "forbidden", "forbidden"], denied.Select(record => (string?)record["asked"]!["rule"]));
        Assert.Equal([null, "auditor", null], denied.Select(record => (string?)record["actor"]));
        Assert.Equal(["none", "token", "none"], denied.Select(record => (string?)record["authentication"]));
        // What a stranger sends as a token stands nowhere.
        Assert.DoesNotContain("bad-news", string.Concat(denied.Select(record => record.ToJsonString())), StringComparison.Ordinal);
    }

    /// <summary>A page in a browser that has its own name lead to this machine.</summary>
    [Theory]
    [InlineData("evil.example", "GET")]
    [InlineData("evil.example:80", "DELETE")]
    [InlineData("127.0.0.1.evil.example", "DELETE")]
    public async Task Who_comes_by_another_name_is_denied_and_on_record(string name, string method)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var (status, problem, _) = await host.SendAsync(new HttpMethod(method), "/v1/domains/one", null, ("Host", name));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (status, (string?)problem["rule"]));
        var record = Assert.Single(await ItemsAsync(host, "outcome=denied"));
        Assert.Equal(($"{method} /v1/domains/one", $"this server does not go by the name '{name}'"), ((string?)record["asked"]!["request"], ((string?)record["asked"]!["detail"])!.Split(": ")[^1]));
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Status);
    }

    [Fact]
    public async Task Strangers_cannot_fill_the_database_and_what_was_left_out_is_counted()
    {
        await using var host = await TestHost.StartAsync(Writer);
        for (var round = 0; round < 8; round++)
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.SendAsync(HttpMethod.Get, "/v1/domains")));
        await using var database = NpgsqlDataSource.Create(host.ConnectionString);
        async Task<long> Written()
        {
            await using var count = database.CreateCommand("select count(*) + coalesce(sum((data->>'unrecorded')::bigint), 0) from eventcheckpoints.mt_events where type = 'access_denied'");
            return Convert.ToInt64(await count.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
        }

        await using var rows = database.CreateCommand("select count(*) from eventcheckpoints.mt_events where type = 'access_denied'");
        Assert.InRange((long)(await rows.ExecuteScalarAsync())!, 200, 700);
        // Asked again until there is room for one, which says how many there were in all.
        var sent = 800L;
        while (await Written() != sent)
        {
            await host.SendAsync(HttpMethod.Get, "/v1/domains");
            sent++;
            Assert.InRange(sent, 800, 200_000);
        }
    }

    [Fact]
    public async Task Reading_the_records_is_on_record()
    {
        await using var host = await TestHost.StartAsync(Writer, Reader);
        var auth = ("Authorization", "Bearer " + Reader.Token);
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("one", Guid.NewGuid().ToString())), ("Authorization", "Bearer " + Writer.Token));
        await host.SendAsync(HttpMethod.Get, "/v1/audit?actor=backup", null, auth);
        await host.SendAsync(HttpMethod.Get, "/v1/domains/one/history", null, auth);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/v1/audit") { Headers = { { "Accept", "text/csv" }, { auth.Item1, auth.Item2 } } })
        using (var export = await host.Client.SendAsync(request)) await export.Content.ReadAsStringAsync();
        var reads = await ItemsAsync(host, "type=audit_*", Writer);
        Assert.Equal(
            ["GET /v1/audit?actor=backup", "GET /v1/domains/one/history", "GET /v1/audit"], reads.Select(record => (string?)record["asked"]!["request"]));
        Assert.Equal(["audit_read", "audit_read", "audit_exported"], reads.Select(record => (string?)record["type"]));
        Assert.All(reads, record => Assert.Equal(("auditor", "token", "success"), ((string?)record["actor"], (string?)record["authentication"], (string?)record["outcome"])));
        Assert.NotNull(reads[1]["domain"]);
    }

    [Fact]
    public async Task A_host_says_when_it_starts_and_when_it_ends_in_order()
    {
        var host = await TestHost.StartAsync();
        await using var database = NpgsqlDataSource.Create(host.ConnectionString);
        await host.StopAsync();
        await using var types = database.CreateCommand("select string_agg(type, ' ' order by version) from eventcheckpoints.mt_events");
        Assert.Equal("host_started host_stopped", await types.ExecuteScalarAsync());
        await host.DisposeAsync();
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_answered_either()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await using var database = NpgsqlDataSource.Create(host.ConnectionString);
        await using (var take = database.CreateCommand("revoke insert on eventcheckpoints.mt_events from eventcheckpoints_host")) await take.ExecuteNonQueryAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, (await host.SendAsync(HttpMethod.Delete, "/v1/domains/two")).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await host.SendAsync(HttpMethod.Get, "/v1/audit")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/v1/domains/one")).Status);
        // That the host ends is a record too.
        await using var give = database.CreateCommand("grant insert on eventcheckpoints.mt_events to eventcheckpoints_host");
        await give.ExecuteNonQueryAsync();
    }

    private static async Task<JsonNode[]> ItemsAsync(TestHost host, string query, AccessToken? by = null)
    {
        (string, string)[] headers = by is null ? [] : [("Authorization", "Bearer " + by.Token)];
        var (status, page, _) = await host.SendAsync(HttpMethod.Get, $"/v1/audit?limit=1000&{query}", null, headers);
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. page["items"]!.AsArray().Select(item => item!)];
    }
}
