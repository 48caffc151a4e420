using System.Net;
using System.Text;
using EventCheckpoints.Host.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>Lists that are cut off, meant for another domain, or watched by another user of the machine.</summary>
public sealed class HostileBulkTests
{
    private const string Item = "<domaincheckpoint><name>a</name><creationTime>1</creationTime></domaincheckpoint>";

    [Theory]
    [InlineData("")]
    [InlineData("no parts at all")]
    [InlineData("--x\r\nContent-Disposition: form-data\r\n\r\n<checkpoints>")]
    [InlineData("--x\r\nno header\r\n\r\n<checkpoints>\r\n--x--\r\n")]
    public async Task A_form_that_is_cut_off_or_none_is_refused(string body)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        using var content = new StringContent(body, Encoding.ASCII);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        var (status, problem, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", content);
        Assert.Equal((HttpStatusCode.BadRequest, "request-invalid"), (status, (string?)problem["rule"]));
    }

    /// <summary>The document is of a domain that goes by another name by now: it must not land there under the old one.</summary>
    [Fact]
    public async Task A_list_of_one_domain_does_not_land_in_another()
    {
        await using var host = await TestHost.StartAsync();
        var other = await host.DefineAsync("other");
        await host.DefineAsync("one");
        var list = TestHost.DomainXml("gone", other).Replace("</domain>", $"<checkpoints>{Item}</checkpoints></domain>", StringComparison.Ordinal);
        foreach (var addressed in new[] { "gone", "one" })
        {
            var (status, problem, _) = await host.SendAsync(HttpMethod.Post, $"/v1/domains/{addressed}/bulk?mode=merge", TestHost.Xml(list));
            Assert.Equal((HttpStatusCode.Conflict, "domain-uuid-differs"), (status, (string?)problem["rule"]));
        }

        foreach (var name in new[] { "other", "one" })
        {
            var (_, domain, _) = await host.SendAsync(HttpMethod.Get, $"/v1/domains/{name}");
            Assert.Equal(0, (int)domain["checkpoints"]!);
        }
    }

    [Fact]
    public async Task An_undefined_domain_may_be_addressed_by_its_uuid_in_any_form()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = Guid.NewGuid();
        var list = TestHost.DomainXml("one", uuid.ToString()).Replace("</domain>", $"<checkpoints>{Item}</checkpoints></domain>", StringComparison.Ordinal);
        var (status, _, _) = await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid.ToString("N").ToUpperInvariant()}/bulk", TestHost.Xml(list));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    /// <summary>It holds passwords, and a host that is killed cannot remove it.</summary>
    [Fact]
    public async Task What_is_spooled_to_disk_has_no_name_there()
    {
        await using var spool = Spool.Open();
        await spool.WriteAsync("secret"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.False(File.Exists(spool.Name));
        spool.Position = 0;
        using var reader = new StreamReader(spool);
        Assert.Equal("secret", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
