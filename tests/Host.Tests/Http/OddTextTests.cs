using System.Net;
using System.Text;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>Names and reasons that PostgreSQL cannot keep, or that look like something else.</summary>
public sealed class OddTextTests
{
    [Theory]
    [InlineData("{\"name\":\"a\\u0000b\"}")]
    [InlineData("{\"name\":\"a\\u0001b\"}")]
    [InlineData("{\"name\":\"a\\ud800b\"}")]
    public async Task A_name_with_characters_that_no_text_has_is_refused(string rename)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var (status, _, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/rename", new StringContent(rename, Encoding.UTF8, "application/json"));
        Assert.InRange((int)status, 400, 499);
    }

    [Fact]
    public async Task A_reason_of_one_line_is_kept_whatever_its_letters_and_any_other_is_refused()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        foreach (var odd in new[] { "a%00b", "two%0D%0Alines", "%1B[31m" })
        {
            var (status, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint/>"), ("X-Audit-Reason", odd));
            Assert.Equal((HttpStatusCode.BadRequest, "reason-invalid"), (status, (string?)problem["rule"]));
        }

        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml("<domaincheckpoint/>"), ("X-Audit-Reason", "100% sure %22%C3%A9"));
        await using var database = Wiring.DataSource(host.ConnectionString);
        await using var reason = database.CreateCommand("select headers ->> 'reason' from eventcheckpoints.mt_events where type = 'checkpoint_created'");
        Assert.Equal("100% sure \"é", await reason.ExecuteScalarAsync());
    }

    /// <summary>An index takes names of about 2,700 bytes after compression; libvirt itself has no limit but the file name's.</summary>
    [Fact]
    public async Task A_name_that_no_index_takes_is_refused()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        var random = new Random(1);
        var name = string.Concat(Enumerable.Range(0, 6_000).Select(_ => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[random.Next(62)]));
        var (status, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "name-too-long"), (status, (string?)problem["rule"]));
        var (defined, toolong, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml(name, Guid.NewGuid().ToString())));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "name-too-long"), (defined, (string?)toolong["rule"]));
        // One that compresses is fine, as long as it likes.
        var (fine, _, _) = await host.SendAsync(
            HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{new string('a', 5_000)}</name></domaincheckpoint>"));
        Assert.Equal(HttpStatusCode.Created, fine);
    }

    /// <summary>virsh looks for a UUID first, and then for the name (virshCommandOptDomainBy).</summary>
    [Fact]
    public async Task A_domain_whose_name_looks_like_a_uuid_is_found_by_it()
    {
        await using var host = await TestHost.StartAsync();
        var name = Guid.NewGuid().ToString();
        var uuid = await host.DefineAsync(name);
        var (status, domain, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/{name}");
        Assert.Equal((HttpStatusCode.OK, uuid), (status, (string?)domain["id"]));
        // Another one's uuid wins over a name.
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("owner", name)));
        var (_, owner, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/{name}");
        Assert.Equal("owner", (string?)owner["name"]);
        // And who holds the name is still known.
        var (taken, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml(name, Guid.NewGuid().ToString())));
        Assert.Equal((HttpStatusCode.Conflict, "domain-name-taken"), (taken, (string?)problem["rule"]));
    }
}
