using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventCheckpoints.Host.Tests.Web;

/// <summary>The pages as they come from the server, which is how they read without scripts.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task A_domain_is_found_by_a_part_of_its_name_and_shows_its_forest_as_it_is_and_was()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("mail");
        var shop = await host.DefineAsync("shop-front");
        foreach (var name in new[] { "a", "b" }) await host.CreateAsync("shop-front", name);
        var found = await host.Client.GetStringAsync("/?q=SHOP");
        Assert.Contains($"href=\"/domains/{shop}\"", found, StringComparison.Ordinal);
        Assert.DoesNotContain(">mail<", found, StringComparison.Ordinal);

        var now = await host.Client.GetStringAsync($"/domains/{shop}");
        Assert.Contains(">a (root)</text>", now, StringComparison.Ordinal);
        Assert.Contains(">b (current, leaf)</text>", now, StringComparison.Ordinal);
        // registered, recorded and defined are 1 to 3; a is 4.
        var then = await host.Client.GetStringAsync($"/domains/{shop}?at=4&from=3");
        Assert.Contains(">a (current, root, leaf, appeared)</text>", then, StringComparison.Ordinal);
        Assert.Contains("a appeared, under no parent", then, StringComparison.Ordinal);
        Assert.DoesNotContain("cp-b", then, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_wrote_shows_as_text()
    {
        const string Hostile = "<img src=x onerror=alert(1)>";
        await using var host = await TestHost.StartAsync();
        var uuid = Guid.NewGuid().ToString();
        var escaped = WebUtility.HtmlEncode(Hostile);
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml(escaped, uuid)));
        await host.SendAsync(
            HttpMethod.Post, $"/v1/domains/{uuid}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>a</name><description>{escaped}</description></domaincheckpoint>"),
            ("X-Audit-Reason", Uri.EscapeDataString(Hostile)));
        foreach (var path in new[] { "/", $"/?q={Uri.EscapeDataString("<img")}", $"/domains/{uuid}", $"/domains/{uuid}/checkpoints/a?xml=domain", $"/domains/{uuid}/checkpoints/a/delete", "/audit" })
        {
            var html = await host.Client.GetStringAsync(path);
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("&lt;img", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_but_this_server_has_a_say_in_a_page()
    {
        await using var host = await TestHost.StartAsync();
        using var answer = await host.Client.GetAsync("/");
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        foreach (var name in new[] { "page.css", "page.js", "icon.svg" })
        {
            using var asset = await host.Client.GetAsync($"/assets/{name}");
            Assert.Contains($"/assets/{name}", html, StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/assets/{name}");
            again.Headers.IfNoneMatch.Add(asset.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await host.Client.SendAsync(again)).StatusCode);
        }
    }

    [Fact]
    public async Task A_browser_signs_in_and_is_taken_to_what_it_asked_for()
    {
        await using var host = await TestHost.StartAsync(Pages.Reader, Pages.Writer);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Url };
        using var stranger = await browser.GetAsync("/audit?outcome=refused");
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?to=%2Faudit%3Foutcome%3Drefused"), (stranger.StatusCode, stranger.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/domains")).StatusCode);

        using var wrong = await EnterAsync(browser, "not a token", "/");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var right = await EnterAsync(browser, Pages.Reader.Token, "/audit?outcome=refused");
        Assert.Equal((HttpStatusCode.Redirect, "/audit?outcome=refused"), (right.StatusCode, right.Headers.Location!.OriginalString));
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", cookie, StringComparison.Ordinal);
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var behindProxy = await EnterAsync(browser, Pages.Reader.Token, "/");
        Assert.Contains("secure", Assert.Single(behindProxy.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        browser.DefaultRequestHeaders.Remove("X-Forwarded-Proto");
        await EnterAsync(browser, Pages.Reader.Token, "/");
        Assert.Contains("rita, reader", await browser.GetStringAsync("/"), StringComparison.Ordinal);
        foreach (var elsewhere in new[] { "//evil.example", "/\\evil.example", "https://evil.example" })
        {
            using var entered = await EnterAsync(browser, Pages.Reader.Token, elsewhere);
            Assert.Equal("/", entered.Headers.Location!.OriginalString);
        }

        using var denied = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        denied.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(denied)).StatusCode);
        await browser.PostAsync("/sign-out", null);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task What_was_searched_for_can_be_kept_whole()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b" }) await host.CreateAsync("one", name);
        var html = await host.Client.GetStringAsync("/audit?actor=&type=checkpoint_*&checkpoint=b");
        Assert.Contains("href=\"/audit.jsonl?type=checkpoint_%2A&amp;checkpoint=b\"", html, StringComparison.Ordinal);
        using var lines = await host.Client.GetAsync("/audit.jsonl?type=checkpoint_%2A&checkpoint=b");
        Assert.Equal("attachment", lines.Content.Headers.ContentDisposition!.ToString());
        var kept = (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, kept.Length);
        Assert.Equal("b", (string?)JsonNode.Parse(kept[0])!["checkpoint"]);
        using var csv = await host.Client.GetAsync("/audit.csv?actor=&checkpoint=b");
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/audit.exe")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/audit.csv?from=yesterday")).StatusCode);
        var (_, reads, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?type=audit_exported");
        Assert.Equal(2, reads["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_was_seen_on_a_host_is_shown_in_words_and_shapes_and_the_timeline_leads_to_each_moment()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b", "c" }) await host.CreateAsync("one", name);
        using var seen = new StringContent("""{"host":"kvm7:qemu/system","checkpoints":["a","b"],"disks":[{"target":"vda","source":"/<b>","capacity":8},{"target":"vdb"}]}""", null, "application/json");
        await host.SendAsync(HttpMethod.Put, $"/v1/domains/{uuid}/observation", seen);
        using var cut = new StringContent("""{"host":"kvm7:qemu/system","checkpoints":["a","b"],"disks":[{"target":"vda","source":"/<b>","capacity":4},{"target":"vdb"}]}""", null, "application/json");
        await host.SendAsync(HttpMethod.Put, $"/v1/domains/{uuid}/observation", cut);
        var all = await host.Client.GetStringAsync("/");
        foreach (var badge in new[] { ">1 lost<", ">3 invalid<", ">on kvm7:qemu/system<" }) Assert.Contains(badge, all, StringComparison.Ordinal);
        var domain = await host.Client.GetStringAsync($"/domains/{uuid}");
        Assert.Contains(">c (current, lost, not to be relied on, leaf)</text>", domain, StringComparison.Ordinal);
        Assert.Contains("class=\"cross\"", domain, StringComparison.Ordinal);
        Assert.Contains("class=\"warning\"", domain, StringComparison.Ordinal);
        Assert.Contains($"href=\"/domains/{uuid}?at=6\" aria-label=\"Version 6, ", domain, StringComparison.Ordinal);
        Assert.Contains(": 1 lost or invalid\"", domain, StringComparison.Ordinal);
        var checkpoint = WebUtility.HtmlDecode(await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/c"));
        Assert.Contains("kvm7:qemu/system lists 2 checkpoints of the domain, and not this one", checkpoint, StringComparison.Ordinal);
        Assert.Contains("vda had 8 bytes, and has 4", checkpoint, StringComparison.Ordinal);
        Assert.Contains("There is none.", await host.Client.GetStringAsync("/sources"), StringComparison.Ordinal);
        using var unknown = await host.PostAsync("/sources/nosuch/sync");
        Assert.Contains("Rule: <code>source-not-found</code>", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/sources/nosuch/drift")).StatusCode);
    }

    [Fact]
    public async Task The_list_of_domains_takes_a_part_of_a_name()
    {
        await using var host = await TestHost.StartAsync();
        foreach (var name in new[] { "mail", "web-1", "WEB-2", "we_b" }) await host.DefineAsync(name);
        var (_, found, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains?named=eb-");
        Assert.Equal(["web-1", "WEB-2"], found["items"]!.AsArray().Select(item => (string)item!["name"]!));
        var (_, none, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains?named=%25");
        Assert.Empty(none["items"]!.AsArray());
        var (status, _, _) = await host.SendAsync(HttpMethod.Get, "/v1/domains?named=web&at=2026-01-01T00:00:00Z");
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task A_long_chain_stays_small_and_a_checkpoint_in_it_is_found()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        for (var i = 0; i < 30; i++) await host.CreateAsync("one", $"n{i}");
        var folded = await host.Client.GetStringAsync($"/domains/{uuid}");
        Assert.Contains("… 23 more …", WebUtility.HtmlDecode(folded), StringComparison.Ordinal);
        Assert.DoesNotContain("cp-n12\"", folded, StringComparison.Ordinal);
        var found = await host.Client.GetStringAsync($"/domains/{uuid}?find=n12");
        Assert.Contains("label found", found, StringComparison.Ordinal);
        Assert.Contains("cp-n12\"", found, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync($"/domains/{uuid}?find=nowhere")).StatusCode);
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("roots")]
    [InlineData("comb")]
    public async Task Ten_thousand_checkpoints_open_in_a_page_of_bounded_size(string shape)
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        string Item(int i)
        {
            var parent = i == 0 || shape == "roots" ? null : shape == "chain" || i % 2 == 1 ? $"n{i - 1}" : $"n{i - 2}";
            return $"<domaincheckpoint><name>n{i}</name>{(parent is null ? "" : $"<parent><name>{parent}</name></parent>")}<creationTime>{1_700_000_000 + i}</creationTime></domaincheckpoint>";
        }

        var list = $"<checkpoints>{string.Concat(Enumerable.Range(0, 10_000).Select(Item))}</checkpoints>";
        var (status, _, _) = await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/bulk", TestHost.Xml(list));
        Assert.Equal(HttpStatusCode.OK, status);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var whole = await host.Client.GetStringAsync($"/domains/{uuid}");
        TestContext.Current.SendDiagnosticMessage($"{shape}: {whole.Length} characters in {System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
        Assert.Contains("10000 checkpoints", whole, StringComparison.Ordinal);
        Assert.InRange(whole.Length, 1, 300_000);
        var found = await host.Client.GetStringAsync($"/domains/{uuid}?find=n5000");
        Assert.Contains("cp-n5000\"", found, StringComparison.Ordinal);
        Assert.InRange(found.Length, 1, 300_000);
    }

    [Fact]
    public async Task A_reader_sees_no_action_and_no_secret()
    {
        await using var host = await TestHost.StartAsync(Pages.Reader, Pages.Writer);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Pages.Writer.Token);
        var uuid = await host.DefineAsync("one");
        await host.CreateAsync("one", "a");
        Assert.Contains("hunter2", await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/a?xml=secrets"), StringComparison.Ordinal);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Pages.Reader.Token);
        var page = await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/a?xml=domain");
        Assert.DoesNotContain("Delete", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync($"/domains/{uuid}/checkpoints/a?xml=secrets")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync($"/domains/{uuid}/checkpoints/a/delete")).StatusCode);
        using var tried = await host.DeleteAsync(uuid, "a", "4", "why not");
        Assert.Equal(HttpStatusCode.Forbidden, tried.StatusCode);
    }

    private static async Task<HttpResponseMessage> EnterAsync(HttpClient browser, string token, string to)
    {
        using var form = new FormUrlEncodedContent([new("token", token), new("to", to)]);
        return await browser.PostAsync("/sign-in", form);
    }
}
