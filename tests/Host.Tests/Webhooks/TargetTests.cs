using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Webhooks;
using Xunit;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>Where webhooks may lead to: not to what only this server can reach, by whatever name.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1::1")]
    [InlineData("2001:db8::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void Not_to_addresses_that_are_not_public(string address) => Assert.False(new WebhookTargets([]).IsAllowed(IPAddress.Parse(address)));

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("2606:2800:220:1::1")]
    [InlineData("::ffff:93.184.216.34")]
    public void To_public_ones(string address) => Assert.True(new WebhookTargets([]).IsAllowed(IPAddress.Parse(address)));

    [Fact]
    public void To_networks_that_the_operator_names_and_no_further()
    {
        var targets = new WebhookTargets([IPNetwork.Parse("10.1.0.0/16")]);
        Assert.True(targets.IsAllowed(IPAddress.Parse("10.1.2.3")));
        Assert.True(targets.IsAllowed(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(targets.IsAllowed(IPAddress.Parse("10.2.0.1")));
    }

    [Theory]
    [InlineData("http://127.0.0.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://0x7f.1/hook")]
    [InlineData("https://2130706433/hook")]
    [InlineData("https://user:secret@example.org/hook")]
    [InlineData("https://example.org/hook#here")]
    [InlineData("ftp://example.org/hook")]
    [InlineData("/hook")]
    [InlineData(null)]
    public async Task What_cannot_be_right_is_refused_at_once(string? url)
    {
        await using var host = await TestHost.StartAsync();
        var (status, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(new { url }));
        Assert.Equal((HttpStatusCode.BadRequest, "webhook-target-refused"), (status, (string?)problem["rule"]));
        Assert.Empty((await host.SendAsync(HttpMethod.Get, "/v1/webhooks")).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task A_name_is_looked_at_when_it_is_connected_to()
    {
        await using var target = await WebhookTarget.StartAsync();
        // A name that leads here, as one of the internet might from one moment to the next.
        await using var host = await TestHost.StartAsync();
        var (_, created, _) = await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(new { url = $"https://localhost:{target.Url.Port}/hook" }));
        var (_, tried, _) = await host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{created["id"]}/test");
        Assert.False((bool)tried["delivered"]!);
        Assert.Null(tried["status"]);
        Assert.Contains("which is no public address", (string?)tried["error"], StringComparison.Ordinal);
        Assert.Empty(target.Received);
    }

    [Fact]
    public async Task Without_tls_only_to_networks_that_the_operator_names()
    {
        await using var target = await WebhookTarget.StartAsync();
        await using (var open = await TestHost.StartAsync(options => options with { WebhookNetworks = [WebhookHost.Loopback] })) Assert.True(await TryAsync(open, target));
        await using var shut = await TestHost.StartAsync(options => options with { WebhookNetworks = [IPNetwork.Parse("10.0.0.0/8")] });
        Assert.False(await TryAsync(shut, target));
        Assert.Equal("/hook", Assert.Single(target.Received).Path);
    }

    [Fact]
    public async Task Changes_are_a_writer_s_and_stand_among_the_audit_records_without_a_secret()
    {
        await using var host = await TestHost.StartAsync(new AccessToken("writer", "writer", "writer-token-0123456789"), new AccessToken("reader", "reader", "reader-token-0123456789"));
        (string, string) writer = ("Authorization", "Bearer writer-token-0123456789"), reader = ("Authorization", "Bearer reader-token-0123456789");
        var content = new { url = "https://example.org/hook", description = "archive" };
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(content), reader)).Status);
        var (_, created, _) = await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(content), writer, ("X-Audit-Reason", "for%20the%20archive"));
        var id = (string)created["id"]!;
        var secret = (string)(await host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/rotate", null, writer)).Body["secret"]!;
        foreach (var change in (string[])["pause", "resume"]) await NoContentAsync(HttpMethod.Post, change);
        await NoContentAsync(HttpMethod.Delete, "");
        var list = (await host.SendAsync(HttpMethod.Get, "/v1/webhooks", null, reader)).Body;
        Assert.Empty(list["items"]!.AsArray());
        var (_, records, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?type=webhook_changed", null, reader);
        var changes = records["items"]!.AsArray();
        Assert.Equal(
            ((string[])["created", "rotated", "paused", "resumed", "deleted"]).Select(change => $"webhook {id} to https://example.org/hook {change}"),
            changes.Select(record => (string?)record!["asked"]!["detail"]));
        Assert.All(changes, record => Assert.Equal("writer", (string?)record!["actor"]));
        Assert.Equal("for the archive", (string?)changes[0]!["reason"]);
        Assert.DoesNotContain("whsec_", records.ToJsonString(), StringComparison.Ordinal);
        Assert.NotEqual((string?)created["secret"], secret);

        async Task NoContentAsync(HttpMethod method, string change)
        {
            using var request = new HttpRequestMessage(method, $"/v1/webhooks/{id}/{change}".TrimEnd('/')) { Headers = { { writer.Item1, writer.Item2 } } };
            using var response = await host.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_not_there_or_not_understood_is_refused()
    {
        await using var host = await TestHost.StartAsync();
        foreach (var path in (string[])["", "/pause", "/deliveries", "/dead-letters", "/test"])
        {
            var (status, problem, _) = await host.SendAsync(path is "/pause" or "/test" ? HttpMethod.Post : HttpMethod.Get, $"/v1/webhooks/{Guid.NewGuid()}{path}");
            Assert.Equal((HttpStatusCode.NotFound, "webhook-not-found"), (status, (string?)problem["rule"]));
        }

        foreach (var body in (JsonNode[])[new JsonObject { ["url"] = "https://example.org/", ["from"] = "yesterday" }, new JsonObject { ["url"] = "https://example.org/", ["type"] = "nothing*" }])
            Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(body))).Status);
        // A filter that is misspelt must not come to mean everything.
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(new { url = "https://example.org/", typ = "*" }))).Status);
    }

    private static async Task<bool> TryAsync(TestHost host, WebhookTarget target)
    {
        var (_, created, _) = await host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(new { url = $"http://localhost:{target.Url.Port}/hook" }));
        var (_, tried, _) = await host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{created["id"]}/test");
        return (bool)tried["delivered"]!;
    }
}
