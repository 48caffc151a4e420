using System.Net;
using EventCheckpoints.Host.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Http;

/// <summary>What a page in a browser on this machine may make the browser send: on loopback everybody is a writer, so nothing that changes anything.</summary>
public sealed class CrossSiteTests
{
    private const string Item = "<domaincheckpoint><name>a</name><creationTime>1</creationTime></domaincheckpoint>";

    [Theory]
    [InlineData("Origin", "https://attacker.example", true)]
    [InlineData("Origin", "http://127.0.0.1:1", true)]
    [InlineData("Origin", "null", true)]
    [InlineData("Sec-Fetch-Site", "cross-site", true)]
    [InlineData("Sec-Fetch-Site", "same-site", true)]
    [InlineData("Sec-Fetch-Site", "same-origin", false)]
    [InlineData("Origin", "self", false)]
    public async Task A_form_of_another_site_changes_nothing(string header, string value, bool refused)
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        // A form of this type is sent without asking first.
        using var form = new MultipartFormDataContent { { TestHost.Xml(Item), "file", "a.xml" } };
        if (value == "self") value = host.Url.GetLeftPart(UriPartial.Authority);
        var (status, body, _) = await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", form, (header, value));
        Assert.Equal(refused ? HttpStatusCode.Forbidden : HttpStatusCode.OK, status);
        if (refused) Assert.Equal("forbidden", (string?)body["rule"]);
        var (_, domain, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains/one", null, ("Origin", "https://attacker.example"));
        Assert.Equal(refused ? 0 : 1, (int)domain["checkpoints"]!);
    }

    [Theory]
    [InlineData("/openapi/v1.json", HttpStatusCode.Unauthorized)]
    [InlineData("/v1/nosuch", HttpStatusCode.Unauthorized)]
    [InlineData("/healthz", HttpStatusCode.OK)]
    public async Task With_tokens_only_healthz_is_open(string path, HttpStatusCode status)
    {
        await using var host = await TestHost.StartAsync(new AccessToken("bob", Access.Reader, "reader-token-0123456789"));
        using var answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
    }
}
