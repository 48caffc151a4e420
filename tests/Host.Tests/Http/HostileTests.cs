using System.Net;
using System.Text;
using EventCheckpoints.Host.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>Bad input of every kind gets its clear error, and nothing is changed.</summary>
public sealed class HostileTests
{
    [Theory]
    [InlineData("", "xml-malformed")]
    [InlineData("no xml", "xml-malformed")]
    [InlineData("<domaincheckpoint><name>a</name>", "xml-malformed")]
    [InlineData("<domainsnapshot/>", "xml-unexpected-root")]
    [InlineData("<domaincheckpoint><name>../a</name></domaincheckpoint>", "xml-invalid-schema")]
    [InlineData("<domaincheckpoint><active>1</active></domaincheckpoint>", "xml-invalid-schema")]
    [InlineData("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domaincheckpoint><description>&x;</description></domaincheckpoint>", "xml-invalid-schema")]
    [InlineData("<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><domaincheckpoint><description>&b;</description></domaincheckpoint>", "xml-invalid-schema")]
    [InlineData("<domaincheckpoint><name>a</name><disks><disk name='vdz'/></disks></domaincheckpoint>", "disk-unknown")]
    public async Task Xml_is_refused(string xml, string rule)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var (status, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml(xml));
        Assert.Equal(rule, (string?)problem["rule"]);
        Assert.InRange((int)status, 400, 499);
        var (_, domain, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one");
        Assert.Equal(3, (int)domain["version"]!);
    }

    [Fact]
    public async Task Depth_and_size_are_bounded()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var deep = new StringBuilder().Insert(0, "<a>", 100_000).Append('x');
        var (_, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><description>{deep}"));
        Assert.Equal("xml-too-deep", (string?)problem["rule"]);
        var (status, large, _) = await host.SendAsync(
            HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><description>{new string('x', Requests.MaxXmlBytes)}</description></domaincheckpoint>"));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "xml-too-large"), (status, (string?)large["rule"]));
    }

    [Theory]
    [InlineData("GET", "/v1/domains/nosuch", "domain-not-found")]
    [InlineData("GET", "/v1/domains/one/checkpoints/..%2F..%2Fetc", "checkpoint-not-found")]
    [InlineData("GET", "/v1/domains/one/checkpoints?from=nosuch", "checkpoint-not-found")]
    [InlineData("GET", "/v1/domains/one/checkpoints?limit=0", "request-invalid")]
    [InlineData("GET", "/v1/domains/one/checkpoints?cursor=;drop", "request-invalid")]
    [InlineData("GET", "/v1/domains?cursor=1.2", "request-invalid")]
    [InlineData("GET", "/v1/audit?actor=%00", "request-invalid")]
    [InlineData("GET", "/v1/audit?checkpoint=a%00b", "request-invalid")]
    [InlineData("GET", "/v1/events?domain=%00", "request-invalid")]
    [InlineData("GET", "/v1/domains?named=%00", "request-invalid")]
    [InlineData("GET", "/audit?actor=%00", "request-invalid")]
    [InlineData("DELETE", "/v1/domains/one?reason=%00", "request-invalid")]
    [InlineData("DELETE", "/v1/domains/one/checkpoints/a?children=true&children-only=true", "flags-exclusive")]
    [InlineData("DELETE", "/v1/domains/one", "domain-has-checkpoints")]
    [InlineData("POST", "/v1/domains/one/checkpoints?redefine=true&quiesce=true", "flags-exclusive")]
    [InlineData("POST", "/v1/domains/one/checkpoints?redefine-validate=true", "flag-required")]
    [InlineData("POST", "/v1/domains/one/checkpoints?redefine=true&redefine-validate=true", "not-supported")]
    [InlineData("POST", "/v1/domains/one/bulk?mode=some", "request-invalid")]
    public async Task Requests_are_refused(string method, string path, string rule)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint><name>a</name></domaincheckpoint>"));
        var (status, problem, _) = await host.SendAsync(new HttpMethod(method), path, method == "POST" ? TestHost.Xml("<domaincheckpoint/>") : null);
        Assert.Equal(rule, (string?)problem["rule"]);
        Assert.InRange((int)status, 400, 499);
    }

    [Fact]
    public async Task A_body_that_a_web_page_could_send_unasked_is_not_taken()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded" })
        {
            var (status, _, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", new StringContent("<domaincheckpoint/>", Encoding.UTF8, type));
            Assert.Contains(status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.UnsupportedMediaType });
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/v1/domains") { Headers = { Host = "attacker.example" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.SendAsync(foreign)).StatusCode);
    }

    [Fact]
    public async Task Tokens_say_who_may_what()
    {
        await using var host = await TestHost.StartAsync(new AccessToken("ann", Access.Writer, "writer-token-0123456789"), new AccessToken("bob", Access.Reader, "reader-token-0123456789"));
        async Task<(HttpStatusCode, string?)> Ask(HttpMethod method, string path, string? token, string? xml = null)
        {
            var (status, body, _) = await host.SendAsync(method, path, xml is null ? null : TestHost.Xml(xml), token is null ? [] : [("Authorization", $"Bearer {token}")]);
            return (status, body is System.Text.Json.Nodes.JsonObject answer ? (string?)answer["rule"] : null);
        }

        var domain = TestHost.DomainXml("one", Guid.NewGuid().ToString());
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await Ask(HttpMethod.Get, "/v1/domains", null));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), await Ask(HttpMethod.Get, "/v1/domains", "writer-token-012345678"));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Ask(HttpMethod.Post, "/v1/domains", "reader-token-0123456789", domain));
        Assert.Equal((HttpStatusCode.Created, null), await Ask(HttpMethod.Post, "/v1/domains", "writer-token-0123456789", domain));
        Assert.Equal((HttpStatusCode.OK, null), await Ask(HttpMethod.Get, "/v1/domains", "reader-token-0123456789"));
        Assert.Equal((HttpStatusCode.Forbidden, "secure-denied"), await Ask(HttpMethod.Get, "/v1/domains/one/bulk?security-info=true", "reader-token-0123456789"));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/healthz")).StatusCode);

        await using var database = Wiring.DataSource(host.ConnectionString);
        await using var actor = database.CreateCommand("select string_agg(distinct headers ->> 'actor', ' ') from eventcheckpoints.mt_events where stream_id in (select domain_id from eventcheckpoints.domains)");
        Assert.Equal("ann", await actor.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("http://0.0.0.0:1", false)]
    [InlineData("http://*:1", false)]
    [InlineData("http://192.0.2.1:1", false)]
    [InlineData("http://127.0.0.1:1;http://[::]:1", false)]
    [InlineData("http://127.0.0.1:1;http://[::1]:1;http://localhost:1", true)]
    public void Without_tokens_only_loopback_is_listened_on(string urls, bool fine)
    {
        if (fine) Server.CheckAddresses(urls, []);
        else Assert.Throws<StartupException>(() => Server.CheckAddresses(urls, []));
        Server.CheckAddresses(urls, [new AccessToken("ann", Access.Reader, "0123456789abcdef")]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("127.0.0.1:7878")]
    [InlineData("https://127.0.0.1:7878")]
    [InlineData("http://127.0.0.1:1;ftp://127.0.0.1:2")]
    public void What_is_no_address_is_said_to_be_none(string urls) =>
        Assert.Contains("is no address to listen on", Assert.Throws<StartupException>(() => Server.CheckAddresses(urls, [])).Message, StringComparison.Ordinal);
}
