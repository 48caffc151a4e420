using System.Net;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>serve --require-reason, and what a reason may be.</summary>
public sealed class ReasonTests
{
    private static readonly (string, string) Why = ("X-Audit-Reason", "retention");

    [Fact]
    public async Task Deletes_have_to_say_why_where_the_server_wants_it()
    {
        await using var host = await TestHost.StartAsync(RequiredReasons.Deletes);
        await host.DefineAsync("one");
        await CreateAsync(host, "a");
        foreach (var path in new[] { "/v1/domains/one/checkpoints/a", "/v1/domains/one?checkpoints-metadata=true" })
        {
            var (status, problem, _) = await host.SendAsync(HttpMethod.Delete, path);
            Assert.Equal((HttpStatusCode.BadRequest, "reason-required"), (status, (string?)problem["rule"]));
            Assert.Contains("give --reason TEXT, or over HTTP the header X-Audit-Reason", (string?)problem["detail"], StringComparison.Ordinal);
            Assert.Equal("reason-required", (string?)(await host.SendAsync(HttpMethod.Delete, path, null, ("X-Audit-Reason", "%20"))).Body["rule"]);
        }

        // What is not there is told first, and what deletes nothing needs no reason.
        Assert.Equal("checkpoint-not-found", (string?)(await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/b")).Body["rule"]);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/a?children-only=true")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/a", null, Why)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Delete, "/v1/domains/one", null, Why)).Status);
    }

    [Fact]
    public async Task Everything_has_to_where_it_wants_that()
    {
        await using var host = await TestHost.StartAsync(RequiredReasons.All);
        var xml = TestHost.DomainXml("one", Guid.NewGuid().ToString());
        Assert.Equal("reason-required", (string?)(await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(xml))).Body["rule"]);
        Assert.Equal(HttpStatusCode.Created, (await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(xml), Why)).Status);
        // It is so already.
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(xml))).Status);
    }

    [Theory]
    [InlineData(1024, "", HttpStatusCode.Created)]
    [InlineData(1025, "", HttpStatusCode.BadRequest)]
    [InlineData(1022, "%C3%BC", HttpStatusCode.Created)]
    [InlineData(1023, "%C3%BC", HttpStatusCode.BadRequest)]
    [InlineData(1, "%0A", HttpStatusCode.BadRequest)]
    [InlineData(1, "%1B[2J", HttpStatusCode.BadRequest)]
    [InlineData(1, "%C2%85", HttpStatusCode.BadRequest)]
    [InlineData(1, "%E2%80%A8", HttpStatusCode.BadRequest)]
    public async Task A_reason_is_one_line_of_a_kibibyte(int letters, string end, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var (status, body, _) = await CreateAsync(host, "a", new string('x', letters) + end);
        Assert.Equal(expected, status);
        if (expected == HttpStatusCode.BadRequest) Assert.Equal("reason-invalid", (string?)body["rule"]);
    }

    private static Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonNode Body, System.Net.Http.Headers.HttpResponseHeaders Headers)> CreateAsync(
        TestHost host, string name, string reason = "") => host.SendAsync(
        HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"), ("X-Audit-Reason", reason));
}
