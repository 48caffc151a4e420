using System.Net;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Web;

/// <summary>What can be done from the pages, by their forms as they are sent without scripts: first what would be, then, with a reason, that it is.</summary>
public sealed class PageFormTests
{
    [Fact]
    public async Task A_delete_is_seen_before_it_is_done_and_is_done_with_a_reason()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b", "c" }) await host.CreateAsync("one", name);
        var preview = await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/b/delete");
        Assert.Contains("<li>c moves to a</li>", preview, StringComparison.Ordinal);
        Assert.Contains("<li>b is deleted</li>", preview, StringComparison.Ordinal);
        Assert.Contains($"eventcheckpoints checkpoint-delete {uuid} b --if-version 6", preview, StringComparison.Ordinal);
        Assert.Contains("cp-b", await host.Client.GetStringAsync($"/domains/{uuid}"), StringComparison.Ordinal);

        using var silent = await host.DeleteAsync(uuid, "b", "6", "");
        Assert.Contains("reason-required", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var late = await host.DeleteAsync(uuid, "b", "5", "tidying");
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/holds", new StringContent("""{"id":"case-7","checkpoint":"c"}""", null, "application/json"), ("X-Audit-Reason", "court"));
        using var held = await host.DeleteAsync(uuid, "c", "7", "tidying");
        Assert.Equal(HttpStatusCode.Conflict, held.StatusCode);
        Assert.Contains("Rule: <code>held</code>", await held.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await host.CreateAsync("one", "d");
        using var done = await host.DeleteAsync(uuid, "d", "8", "tidying");
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
        await host.CreateAsync("one", "a");
        using var silent = await host.PostAsync($"/domains/{uuid}/checkpoints/a/hold", new("id", "case-7"), new("reason", " "));
        Assert.Contains("Rule: <code>reason-required</code>", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var odd = await host.PostAsync($"/domains/{uuid}/checkpoints/a/hold", new("id", "no id"), new("reason", "court"));
        Assert.Contains("Rule: <code>hold-id-invalid</code>", await odd.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var placed = await host.PostAsync($"/domains/{uuid}/checkpoints/a/hold", new("id", "case-7"), new("reason", "court"));
        Assert.Contains(">a (current, held, root, leaf)</text>", await placed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var whole = await host.PostAsync($"/domains/{uuid}/hold", new("id", "case-8"), new("reason", "court"));
        Assert.Contains("on the whole domain", await whole.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var released = await host.PostAsync($"/domains/{uuid}/holds/case-7/release", new KeyValuePair<string, string>("reason", "closed"));
        Assert.Contains(">a (current, root, leaf)</text>", await released.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var again = await host.PostAsync($"/domains/{uuid}/holds/case-7/release", new KeyValuePair<string, string>("reason", "closed"));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_checkpoint_is_created_and_redefined_after_its_XML_was_seen_line_by_line()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await host.CreateAsync("one", "a");
        const string Fresh = "<domaincheckpoint>\r\n<name>b</name>\r\n</domaincheckpoint>";
        using var would = await host.PostAsync($"/domains/{uuid}/put", new("xml", Fresh), new("owner", "veeam"));
        var preview = WebUtility.HtmlDecode(await would.Content.ReadAsStringAsync());
        Assert.Contains("Checkpoint b would be new; current afterwards: b.", preview, StringComparison.Ordinal);
        Assert.Contains("+  <name>b</name>\n", preview, StringComparison.Ordinal);
        Assert.Contains($"eventcheckpoints checkpoint-create {uuid} checkpoint.xml --owner 'veeam' --if-version 4 --reason", preview, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync($"/v1/domains/{uuid}/checkpoints/b")).StatusCode);
        using var silent = await host.PostAsync($"/domains/{uuid}/put", new("xml", Fresh), new("version", "4"), new("reason", " "));
        Assert.Contains("Rule: <code>reason-required</code>", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var done = await host.PostAsync($"/domains/{uuid}/put", new("xml", Fresh), new("owner", "veeam"), new("version", "4"), new("reason", "by hand"));
        Assert.EndsWith("/checkpoints/b", done.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        var shown = await done.Content.ReadAsStringAsync();
        Assert.Contains("by hand", shown, StringComparison.Ordinal);
        Assert.Contains("<dd>veeam</dd>", shown, StringComparison.Ordinal);

        // The form begins with all of it, so that what is not touched stays.
        var form = WebUtility.HtmlDecode(await host.Client.GetStringAsync($"/domains/{uuid}/checkpoints/a/redefine"));
        var xml = form[(form.IndexOf("<domaincheckpoint>", StringComparison.Ordinal))..(form.IndexOf("</domaincheckpoint>", StringComparison.Ordinal) + "</domaincheckpoint>".Length)];
        Assert.Contains("passwd='hunter2'", xml, StringComparison.Ordinal);
        using var same = await host.PostAsync($"/domains/{uuid}/put", new("xml", xml), new("redefine", "true"));
        Assert.Contains("Nothing would change", await same.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var other = xml.Replace("<name>a</name>", "<name>a</name><description>told</description>", StringComparison.Ordinal);
        using var diff = await host.PostAsync($"/domains/{uuid}/put", new("xml", other), new("redefine", "true"));
        var lines = WebUtility.HtmlDecode(await diff.Content.ReadAsStringAsync());
        Assert.Contains("+  <description>told</description>\n", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("\n-", lines[lines.IndexOf("@@", StringComparison.Ordinal)..lines.IndexOf("</pre>", lines.IndexOf("@@", StringComparison.Ordinal), StringComparison.Ordinal)], StringComparison.Ordinal);
        using var late = await host.PostAsync($"/domains/{uuid}/put", new("xml", other), new("redefine", "true"), new("version", "4"), new("reason", "told"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var broken = await host.PostAsync($"/domains/{uuid}/put", new("xml", "<domaincheckpoint"), new("redefine", "true"));
        Assert.Contains("Rule: <code>xml-malformed</code>", await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var large = await host.PostAsync($"/domains/{uuid}/put", new KeyValuePair<string, string>("xml", new string('x', 5_000_000)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var nobody = await host.PostAsync($"/domains/{uuid}/put", new("xml", Fresh), new("owner", "a\nb"));
        Assert.Contains("Rule: <code>owner-invalid</code>", await nobody.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_restores_a_domain_is_downloaded_whole_as_of_then()
    {
        await using var host = await TestHost.StartAsync(Pages.Reader, Pages.Writer);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Pages.Writer.Token);
        var uuid = await host.DefineAsync("one");
        foreach (var name in new[] { "a", "b", "c" }) await host.CreateAsync("one", name);
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

        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Pages.Reader.Token);
        foreach (var path in new[] { $"/domains/{uuid}/restore.tar.gz", $"/domains/{uuid}/put", $"/domains/{uuid}/checkpoints/b/redefine", "/webhooks/new" })
            Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync(path)).StatusCode);
        foreach (var path in new[] { $"/domains/{uuid}", $"/domains/{uuid}/checkpoints/b", "/webhooks", "/sources" })
        {
            var html = await host.Client.GetStringAsync(path);
            foreach (var action in new[] { "restore.tar.gz", "/put", "/redefine", "/webhooks/new", "method=\"post\" action=\"/sources" }) Assert.DoesNotContain(action, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_webhook_is_made_tried_given_another_secret_sent_again_and_deleted()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        using var silent = await host.PostAsync("/webhooks/new", new KeyValuePair<string, string>("url", "https://hook.invalid/"));
        var kept = await silent.Content.ReadAsStringAsync();
        Assert.Contains("reason-required", kept, StringComparison.Ordinal);
        Assert.Contains("value=\"https://hook.invalid/\"", kept, StringComparison.Ordinal);
        using var inside = await host.PostAsync("/webhooks/new", new("url", "https://127.0.0.1/"), new("reason", "x"));
        Assert.Contains("webhook-target-refused", await inside.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var made = await host.PostAsync("/webhooks/new", new("url", "https://hook.invalid/"), new("type", "*.checkpoint.*"), new("owner", "veeam"), new("from", "start"), new("reason", "the pager"));
        var secret = Secret(await made.Content.ReadAsStringAsync());
        var (_, list, _) = await host.SendAsync(HttpMethod.Get, "/v1/webhooks");
        var webhook = list["items"]![0]!;
        Assert.Equal(("veeam", "00000000000000000000"), ((string?)webhook["filter"]!["owner"], (string?)webhook["position"]));
        var path = $"/webhooks/{webhook["id"]}";
        using var tried = await host.PostAsync($"{path}/test");
        Assert.Contains("https://hook.invalid/: not delivered in ", await tried.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var rotated = await host.PostAsync($"{path}/rotate", new KeyValuePair<string, string>("reason", "leaked"));
        Assert.NotEqual(secret, Secret(await rotated.Content.ReadAsStringAsync()));
        Assert.DoesNotContain("whsec_", await host.Client.GetStringAsync("/webhooks"), StringComparison.Ordinal);
        using var odd = await host.PostAsync($"{path}/replay", new("reason", "x"), new("from", "yesterday"));
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        using var replayed = await host.PostAsync($"{path}/replay", new("reason", "lost"), new("from", ""));
        Assert.Equal("/webhooks", replayed.RequestMessage!.RequestUri!.AbsolutePath);
        using var gone = await host.PostAsync($"{path}/delete", new KeyValuePair<string, string>("reason", "no pager"));
        Assert.Contains("Events are sent to nobody.", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var (_, done, _) = await host.SendAsync(HttpMethod.Get, "/v1/audit?type=webhook_changed&order=oldest");
        Assert.Equal(["the pager", "leaked", "lost", "no pager"], done["items"]!.AsArray().Select(item => (string?)item!["reason"]));

        static string Secret(string html) => System.Text.RegularExpressions.Regex.Match(WebUtility.HtmlDecode(html), "whsec_[^<]+").Value is { Length: > 0 } found ? found : throw new InvalidOperationException(html);
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
        using var silent = await host.PostAsync($"/webhooks/{id}/pause", new KeyValuePair<string, string>("reason", ""));
        Assert.Contains("reason-required", await silent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var paused = await host.PostAsync($"/webhooks/{id}/pause", new KeyValuePair<string, string>("reason", "moves house"));
        Assert.Contains(">paused<", await paused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var resumed = await host.PostAsync($"/webhooks/{id}/resume", new KeyValuePair<string, string>("reason", "is there"));
        Assert.Contains(">active<", await resumed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var unknown = await host.PostAsync($"/webhooks/{Guid.NewGuid()}/pause", new KeyValuePair<string, string>("reason", "x"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }
}
