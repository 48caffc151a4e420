using System.Net;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Web;

/// <summary>The pages as they come from the server, which is how they read without scripts.</summary>
public sealed class PageTests
{
    private static readonly AccessToken Reader = new("rita", "reader", "a-reader's-token-1");
    private static readonly AccessToken Writer = new("walt", "writer", "a-writer's-token-1");

    [Fact]
    public async Task A_domain_is_found_by_a_part_of_its_name_and_shows_its_forest_as_it_is_and_was()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("mail");
        var shop = await host.DefineAsync("shop-front");
        foreach (var name in new[] { "a", "b" }) await CreateAsync(host, "shop-front", name);
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
        await using var host = await TestHost.StartAsync(Reader, Writer);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Url };
        using var stranger = await browser.GetAsync("/audit?outcome=refused");
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?to=%2Faudit%3Foutcome%3Drefused"), (stranger.StatusCode, stranger.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/domains")).StatusCode);

        using var wrong = await EnterAsync(browser, "not a token", "/");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var right = await EnterAsync(browser, Reader.Token, "/audit?outcome=refused");
        Assert.Equal((HttpStatusCode.Redirect, "/audit?outcome=refused"), (right.StatusCode, right.Headers.Location!.OriginalString));
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", cookie, StringComparison.Ordinal);
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var behindProxy = await EnterAsync(browser, Reader.Token, "/");
        Assert.Contains("secure", Assert.Single(behindProxy.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        browser.DefaultRequestHeaders.Remove("X-Forwarded-Proto");
        await EnterAsync(browser, Reader.Token, "/");
        Assert.Contains("rita, reader", await browser.GetStringAsync("/"), StringComparison.Ordinal);
        foreach (var elsewhere in new[] { "//evil.example", "/\\evil.example", "https://evil.example" })
        {
            using var entered = await EnterAsync(browser, Reader.Token, elsewhere);
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
        foreach (var name in new[] { "a", "b" }) await CreateAsync(host, "one", name);
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
    public async Task A_delete_is_seen_before_it_is_done_and_is_done_with_a_reason()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b", "c" }) await CreateAsync(host, "one", name);
        var preview = await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/b/delete");
        Assert.Contains("<li>c moves to a</li>", preview, StringComparison.Ordinal);
        Assert.Contains("<li>b is deleted</li>", preview, StringComparison.Ordinal);
        Assert.Contains($"eventcheckpoints checkpoint-delete {uuid} b --if-version 6", preview, StringComparison.Ordinal);
        Assert.Contains("cp-b", await host.Client.GetStringAsync($"/domains/{uuid}"), StringComparison.Ordinal);

        using var silent = await DeleteAsync(host, uuid, "b", "6", "");
        Assert.Contains("reason-required", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var late = await DeleteAsync(host, uuid, "b", "5", "tidying");
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/holds", new StringContent("""{"id":"case-7","checkpoint":"c"}""", null, "application/json"), ("X-Audit-Reason", "court"));
        using var held = await DeleteAsync(host, uuid, "c", "7", "tidying");
        Assert.Equal(HttpStatusCode.Conflict, held.StatusCode);
        Assert.Contains("Rule: <code>held</code>", await held.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await CreateAsync(host, "one", "d");
        using var done = await DeleteAsync(host, uuid, "d", "8", "tidying");
        Assert.EndsWith($"/domains/{uuid}", done.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        var after = await done.Content.ReadAsStringAsync();
        Assert.DoesNotContain("cp-d", after, StringComparison.Ordinal);
        Assert.Contains("<small>web</small>", after, StringComparison.Ordinal);
        Assert.Contains("tidying", after, StringComparison.Ordinal);

        var (_, refused, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?outcome=refused");
        Assert.Equal(["reason-required", "version-mismatch", "held"], refused["items"]!.AsArray().Select(item => (string)item!["asked"]!["rule"]!));
    }

    [Fact]
    public async Task A_hold_is_placed_and_released_with_a_reason()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "one", "a");
        using var silent = await PostAsync(host, $"/domains/{uuid}/checkpoints/a/hold", new("id", "case-7"), new("reason", " "));
        Assert.Contains("Rule: <code>reason-required</code>", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var odd = await PostAsync(host, $"/domains/{uuid}/checkpoints/a/hold", new("id", "no id"), new("reason", "court"));
        Assert.Contains("Rule: <code>hold-id-invalid</code>", await odd.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var placed = await PostAsync(host, $"/domains/{uuid}/checkpoints/a/hold", new("id", "case-7"), new("reason", "court"));
        Assert.Contains(">a (current, held, root, leaf)</text>", await placed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var whole = await PostAsync(host, $"/domains/{uuid}/hold", new("id", "case-8"), new("reason", "court"));
        Assert.Contains("on the whole domain", await whole.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var released = await PostAsync(host, $"/domains/{uuid}/holds/case-7/release", new KeyValuePair<string, string>("reason", "closed"));
        Assert.Contains(">a (current, root, leaf)</text>", await released.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var again = await PostAsync(host, $"/domains/{uuid}/holds/case-7/release", new KeyValuePair<string, string>("reason", "closed"));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_checkpoint_is_created_and_redefined_after_its_XML_was_seen_line_by_line()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "one", "a");
        const string Fresh = "<domaincheckpoint>\r\n<name>b</name>\r\n</domaincheckpoint>";
        using var would = await PostAsync(host, $"/domains/{uuid}/put", new("xml", Fresh), new("owner", "veeam"));
        var preview = WebUtility.HtmlDecode(await would.Content.ReadAsStringAsync());
        Assert.Contains("Checkpoint b would be new; current afterwards: b.", preview, StringComparison.Ordinal);
        Assert.Contains("+  <name>b</name>\n", preview, StringComparison.Ordinal);
        Assert.Contains($"eventcheckpoints checkpoint-create {uuid} checkpoint.xml --owner 'veeam' --if-version 4 --reason", preview, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync($"/v1/domains/{uuid}/checkpoints/b")).StatusCode);
        using var silent = await PostAsync(host, $"/domains/{uuid}/put", new("xml", Fresh), new("version", "4"), new("reason", " "));
        Assert.Contains("Rule: <code>reason-required</code>", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var done = await PostAsync(host, $"/domains/{uuid}/put", new("xml", Fresh), new("owner", "veeam"), new("version", "4"), new("reason", "by hand"));
        Assert.EndsWith("/checkpoints/b", done.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        var shown = await done.Content.ReadAsStringAsync();
        Assert.Contains("by hand", shown, StringComparison.Ordinal);
        Assert.Contains("<dd>veeam</dd>", shown, StringComparison.Ordinal);

        // The form begins with all of it, so that what is not touched stays.
        var form = WebUtility.HtmlDecode(await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/a/redefine"));
        var xml = form[(form.IndexOf("<domaincheckpoint>", StringComparison.Ordinal))..(form.IndexOf("</domaincheckpoint>", StringComparison.Ordinal) + "</domaincheckpoint>".Length)];
        Assert.Contains("passwd='hunter2'", xml, StringComparison.Ordinal);
        using var same = await PostAsync(host, $"/domains/{uuid}/put", new("xml", xml), new("redefine", "true"));
        Assert.Contains("Nothing would change", await same.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var other = xml.Replace("<name>a</name>", "<name>a</name><description>told</description>", StringComparison.Ordinal);
        using var diff = await PostAsync(host, $"/domains/{uuid}/put", new("xml", other), new("redefine", "true"));
        var lines = WebUtility.HtmlDecode(await diff.Content.ReadAsStringAsync());
        Assert.Contains("+  <description>told</description>\n", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("\n-", lines[lines.IndexOf("@@", StringComparison.Ordinal)..lines.IndexOf("</pre>", lines.IndexOf("@@", StringComparison.Ordinal), StringComparison.Ordinal)], StringComparison.Ordinal);
        using var late = await PostAsync(host, $"/domains/{uuid}/put", new("xml", other), new("redefine", "true"), new("version", "4"), new("reason", "told"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var broken = await PostAsync(host, $"/domains/{uuid}/put", new("xml", "<domaincheckpoint"), new("redefine", "true"));
        Assert.Contains("Rule: <code>xml-malformed</code>", await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var large = await PostAsync(host, $"/domains/{uuid}/put", new KeyValuePair<string, string>("xml", new string('x', 5_000_000)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var nobody = await PostAsync(host, $"/domains/{uuid}/put", new("xml", Fresh), new("owner", "a\nb"));
        Assert.Contains("Rule: <code>owner-invalid</code>", await nobody.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_restores_a_domain_is_downloaded_whole_as_of_then()
    {
        await using var host = await TestHost.StartAsync(Reader, Writer);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Writer.Token);
        var uuid = await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b", "c" }) await CreateAsync(host, "one", name);
        await host.SendAsync(HttpMethod.Delete, $"/v1/domains/{uuid}/checkpoints/a");
        await using var directory = new TemporaryDirectory();
        foreach (var (at, expected) in new[] { ("", "b c"), ("?at=5", "a b") })
        {
            await using (var archive = await host.Client.GetStreamAsync($"/domains/{uuid}/restore.tar.gz{at}"))
            await using (var unpacked = new System.IO.Compression.GZipStream(archive, System.IO.Compression.CompressionMode.Decompress))
                await System.Formats.Tar.TarFile.ExtractToDirectoryAsync(unpacked, directory.Path, overwriteFiles: true);
            var script = await File.ReadAllTextAsync(Path.Combine(directory.Path, "restore", "restore.sh"));
            Assert.Equal(expected, string.Join(' ', script.Split('\n').Where(line => line.StartsWith("put '", StringComparison.Ordinal)).Select(line => line.Split('\'')[1])));
            Assert.Contains("passwd='hunter2'", await File.ReadAllTextAsync(Path.Combine(directory.Path, "restore", "00002.xml")), StringComparison.Ordinal);
        }

        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Reader.Token);
        foreach (var path in new[] { $"/domains/{uuid}/restore.tar.gz", $"/domains/{uuid}/put", $"/domains/{uuid}/checkpoints/b/redefine", "/webhooks/new" })
            Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync(path)).StatusCode);
        foreach (var path in new[] { $"/domains/{uuid}", $"/domains/{uuid}/checkpoints/b", "/webhooks", "/sources" })
        {
            var html = await host.Client.GetStringAsync(path);
            foreach (var action in new[] { "restore.tar.gz", "/put", "/redefine", "/webhooks/new", "method=\"post\" action=\"/sources" }) Assert.DoesNotContain(action, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_seen_on_a_host_is_shown_in_words_and_shapes_and_the_timeline_leads_to_each_moment()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b", "c" }) await CreateAsync(host, "one", name);
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
        using var unknown = await PostAsync(host, "/sources/nosuch/sync");
        Assert.Contains("Rule: <code>source-not-found</code>", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/sources/nosuch/drift")).StatusCode);
    }

    [Fact]
    public async Task A_webhook_is_made_tried_given_another_secret_sent_again_and_deleted()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        using var silent = await PostAsync(host, "/webhooks/new", new KeyValuePair<string, string>("url", "https://hook.invalid/"));
        var kept = await silent.Content.ReadAsStringAsync();
        Assert.Contains("reason-required", kept, StringComparison.Ordinal);
        Assert.Contains("value=\"https://hook.invalid/\"", kept, StringComparison.Ordinal);
        using var inside = await PostAsync(host, "/webhooks/new", new("url", "https://127.0.0.1/"), new("reason", "x"));
        Assert.Contains("webhook-target-refused", await inside.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var made = await PostAsync(host, "/webhooks/new", new("url", "https://hook.invalid/"), new("type", "*.checkpoint.*"), new("owner", "veeam"), new("from", "start"), new("reason", "the pager"));
        var secret = Secret(await made.Content.ReadAsStringAsync());
        var (_, list, _) = await host.SendAsync(HttpMethod.Get, "/v1/webhooks");
        var webhook = list["items"]![0]!;
        Assert.Equal(("veeam", "00000000000000000000"), ((string?)webhook["filter"]!["owner"], (string?)webhook["position"]));
        var path = $"/webhooks/{webhook["id"]}";
        using var tried = await PostAsync(host, $"{path}/test");
        Assert.Contains("https://hook.invalid/: not delivered in ", await tried.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var rotated = await PostAsync(host, $"{path}/rotate", new KeyValuePair<string, string>("reason", "leaked"));
        Assert.NotEqual(secret, Secret(await rotated.Content.ReadAsStringAsync()));
        Assert.DoesNotContain("whsec_", await host.Client.GetStringAsync("/webhooks"), StringComparison.Ordinal);
        using var odd = await PostAsync(host, $"{path}/replay", new("reason", "x"), new("from", "yesterday"));
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        using var replayed = await PostAsync(host, $"{path}/replay", new("reason", "lost"), new("from", ""));
        Assert.Equal("/webhooks", replayed.RequestMessage!.RequestUri!.AbsolutePath);
        using var gone = await PostAsync(host, $"{path}/delete", new KeyValuePair<string, string>("reason", "no pager"));
        Assert.Contains("Events are sent to nobody.", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var (_, done, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?type=webhook_changed&order=oldest");
        Assert.Equal(["the pager", "leaked", "lost", "no pager"], done["items"]!.AsArray().Select(item => (string?)item!["reason"]));

        static string Secret(string html) => System.Text.RegularExpressions.Regex.Match(WebUtility.HtmlDecode(html), "whsec_[^<]+").Value is { Length: > 0 } found ? found : throw new InvalidOperationException(html);
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
        for (var i = 0; i < 30; i++) await CreateAsync(host, "one", $"n{i}");
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
    public async Task Webhooks_are_seen_with_their_lag_and_paused_and_resumed()
    {
        await using var host = await TestHost.StartAsync();
        using var body = new StringContent("""{"url":"https://hook.invalid/?<b>","description":"<i>the pager"}""", null, "application/json");
        var (_, made, _) = await host.SendAsync(HttpMethod.Post, "/v1/webhooks", body);
        var id = (string)made["id"]!;
        var all = await host.Client.GetStringAsync("/webhooks");
        Assert.Contains("&lt;i&gt;the pager", all, StringComparison.Ordinal);
        Assert.Contains(">active<", all, StringComparison.Ordinal);
        using var silent = await PostAsync(host, $"/webhooks/{id}/pause", new KeyValuePair<string, string>("reason", ""));
        Assert.Contains("reason-required", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var paused = await PostAsync(host, $"/webhooks/{id}/pause", new KeyValuePair<string, string>("reason", "moves house"));
        Assert.Contains(">paused<", await paused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var resumed = await PostAsync(host, $"/webhooks/{id}/resume", new KeyValuePair<string, string>("reason", "is there"));
        Assert.Contains(">active<", await resumed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var unknown = await PostAsync(host, $"/webhooks/{Guid.NewGuid()}/pause", new KeyValuePair<string, string>("reason", "x"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_reader_sees_no_action_and_no_secret()
    {
        await using var host = await TestHost.StartAsync(Reader, Writer);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Writer.Token);
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "one", "a");
        Assert.Contains("hunter2", await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/a?xml=secrets"), StringComparison.Ordinal);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Reader.Token);
        var page = await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/a?xml=domain");
        Assert.DoesNotContain("Delete", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync($"/domains/{uuid}/checkpoints/a?xml=secrets")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync($"/domains/{uuid}/checkpoints/a/delete")).StatusCode);
        using var tried = await DeleteAsync(host, uuid, "a", "4", "why not");
        Assert.Equal(HttpStatusCode.Forbidden, tried.StatusCode);
    }

    private static async Task CreateAsync(TestHost host, string domain, string name) =>
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{domain}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));

    private static async Task<HttpResponseMessage> EnterAsync(HttpClient browser, string token, string to)
    {
        using var form = new FormUrlEncodedContent([new("token", token), new("to", to)]);
        return await browser.PostAsync("/sign-in", form);
    }

    private static Task<HttpResponseMessage> DeleteAsync(TestHost host, string domain, string name, string version, string reason) =>
        PostAsync(host, $"/domains/{domain}/checkpoints/{name}/delete", new("flag", ""), new("version", version), new("reason", reason));

    private static async Task<HttpResponseMessage> PostAsync(TestHost host, string path, params KeyValuePair<string, string>[] fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        return await host.Client.PostAsync(path, form);
    }
}
