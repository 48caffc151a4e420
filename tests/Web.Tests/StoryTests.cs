using Deque.AxeCore.Playwright;
using EventCheckpoints.Host.Tests;
using Microsoft.Playwright;
using Xunit;

namespace EventCheckpoints.Web.Tests;

/// <summary>What people do with the pages, in a real browser.</summary>
public sealed class StoryTests(Browser browser)
{
    /// <summary>Where the screenshots go; none are made without it, and docs/page is where those of the README are.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_SCREENSHOTS");

    [Theory]
    [InlineData("light", 1280, true)]
    [InlineData("dark", 1280, true)]
    [InlineData("light", 320, true)]
    [InlineData("dark", 320, true)]
    [InlineData("dark", 320, false)]
    public async Task Every_view_reads_fits_and_has_nothing_that_axe_finds(string scheme, int width, bool scripts)
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await SampleAsync(host);
        await using var context = await browser.OpenAsync(new()
        {
            BaseURL = host.Url.ToString(),
            ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = 800 },
            JavaScriptEnabled = scripts,
        });
        var page = await context.NewPageAsync();
        var said = new List<string>();
        page.Console += (_, message) => said.Add(message.Text);
        page.PageError += (_, error) => said.Add(error);
        page.Request += (_, request) => { if (!request.Url.StartsWith(host.Url.ToString(), StringComparison.Ordinal)) said.Add(request.Url); };
        var views = new (string Name, string Path)[]
        {
            ("domains", "/"), ("domain", $"/domains/{uuid}"), ("past", $"/domains/{uuid}?at=5&from=3"), ("checkpoint", $"/domains/{uuid}/checkpoints/night?xml=domain"),
            ("delete", $"/domains/{uuid}/checkpoints/base/delete"), ("held", $"/domains/{uuid}/checkpoints/night/delete"), ("hold", $"/domains/{uuid}/checkpoints/base/hold"), ("release", $"/domains/{uuid}/holds/case-7/release"), ("audit", "/audit"), ("webhooks", "/webhooks"), ("new-webhook", "/webhooks/new"),
            ("put", $"/domains/{uuid}/put"), ("redefine", $"/domains/{uuid}/checkpoints/night/redefine"), ("hosts", "/sources"), ("sign-in", "/sign-in"),
        };
        foreach (var (name, path) in views)
        {
            await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            if (scripts)
            {
                var found = await page.RunAxe();
                Assert.True(found.Violations.Length == 0, $"{name}: {string.Join("; ", found.Violations.Select(no => $"{no.Id}: {no.Help}: {string.Join(", ", no.Nodes.Select(node => node.Html))}"))}");
                Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than {width}");
            }

            if (Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-{scheme}-{width}{(scripts ? "" : "-without-scripts")}.png") });
        }

        Assert.Empty(said);
    }

    [Fact]
    public async Task An_operator_sees_a_branch_appear_without_losing_the_place_and_deletes_an_inner_checkpoint()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await SampleAsync(host);
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString() });
        var page = await context.NewPageAsync();
        // What happens before the stream is open belongs to the page that is loaded then.
        await page.RunAndWaitForResponseAsync(() => page.GotoAsync($"/domains/{uuid}"), answer => answer.Url.Contains("/v1/events/stream", StringComparison.Ordinal));
        var link = page.GetByRole(AriaRole.Link, new() { Name = "base (root)" });
        await link.FocusAsync();
        await CreateAsync(host, uuid, "appeared");
        await page.GetByRole(AriaRole.Link, new() { Name = "appeared (current, leaf)" }).WaitForAsync(new() { Timeout = 60_000 });
        Assert.Equal($"/domains/{uuid}/checkpoints/base", await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')"));

        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete…" }).ClickAsync();
        await page.GetByText("night moves to the roots").WaitForAsync();
        await page.GetByLabel("Reason").FillAsync("the base is on tape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "night (root)" }).WaitForAsync();
        await page.GetByText("the base is on tape").First.WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^held ") }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete…" }).ClickAsync();
        await Assertions.Expect(page.GetByText("case-7").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Rule: held")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToHaveCountAsync(0);
    }

    /// <summary>What ./run leaves behind, on a usual screen, without scrolling.</summary>
    [Fact]
    public async Task A_newcomer_understands_the_sample_within_the_first_screen()
    {
        await using var host = await TestHost.StartAsync();
        var samples = Samples();
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(await File.ReadAllTextAsync(Path.Combine(samples, "web.xml"), TestContext.Current.CancellationToken)));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/web/bulk?mode=merge", TestHost.Xml(await File.ReadAllTextAsync(Path.Combine(samples, "web-checkpoints.xml"), TestContext.Current.CancellationToken)));
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString(), ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        foreach (var seen in new[] { page.GetByText("A checkpoint is a moment of a domain that incremental backups start from"), page.GetByRole(AriaRole.Link, new() { Name = "web", Exact = true }), page.GetByRole(AriaRole.Link, new() { Name = "full-w41" }) })
            await Assertions.Expect(seen).ToBeInViewportAsync(new() { Ratio = 1 });
        await page.GetByRole(AriaRole.Link, new() { Name = "web", Exact = true }).ClickAsync();
        // Where the next one goes, the roots, a branch, and what the shapes mean.
        foreach (var seen in new[]
        {
            page.GetByText("which the next checkpoint hangs under"), page.GetByRole(AriaRole.Link, new() { Name = "full-w41 (current, root, leaf)" }), page.GetByRole(AriaRole.Link, new() { Name = "full-w40 (root)" }),
            page.GetByRole(AriaRole.Link, new() { Name = "after-update (leaf)" }), page.GetByText("● checkpoint · ○ leaf"),
        })
            await Assertions.Expect(seen).ToBeInViewportAsync(new() { Ratio = 1 });
        if (Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "newcomer.png") });
    }

    private static string Samples()
    {
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null; up = up.Parent)
            if (File.Exists(Path.Combine(up.FullName, "samples", "web.xml"))) return Path.Combine(up.FullName, "samples");
        throw new InvalidOperationException("samples/web.xml is nowhere above the tests");
    }

    [Fact]
    public async Task A_writer_sees_what_a_redefine_would_change_and_does_it_and_the_picture_grows_and_shrinks()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await SampleAsync(host);
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/domains/{uuid}/checkpoints/side");
        await page.GetByRole(AriaRole.Link, new() { Name = "Redefine…" }).ClickAsync();
        var xml = page.GetByLabel("XML");
        await xml.FillAsync((await xml.InputValueAsync()).Replace("a try", "no try", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what would be" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("What differs, line by line")).ToContainTextAsync("-  <description>a try</description>");
        await Assertions.Expect(page.GetByLabel("What differs, line by line")).ToContainTextAsync("+  <description>no try</description>");
        await page.GetByLabel("Reason").FillAsync("it was none");
        await page.GetByRole(AriaRole.Button, new() { Name = "Redefine", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("no try").First).ToBeVisibleAsync();

        await page.GotoAsync($"/domains/{uuid}");
        var picture = page.Locator("svg.forest");
        async Task<float> WidthAsync() => (await picture.BoundingBoxAsync())!.Width;
        var width = await WidthAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Larger" }).ClickAsync();
        Assert.Equal(width * 1.25, await WidthAsync(), 1f);
        await page.GetByRole(AriaRole.Region, new() { Name = "Picture of the forest" }).FocusAsync();
        await page.Keyboard.PressAsync("-");
        await page.Keyboard.PressAsync("-");
        Assert.Equal(width / 1.25, await WidthAsync(), 1f);
        await page.Keyboard.PressAsync("0");
        Assert.Equal(width, await WidthAsync(), 1f);
        // A part of the timeline leads to its moment.
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Version 5, ") }).ClickAsync();
        await Assertions.Expect(page.GetByText("As it was at 5.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_slider_goes_back_in_time_and_the_address_holds_the_moment()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await SampleAsync(host);
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/domains/{uuid}?from=4");
        await page.GetByRole(AriaRole.Slider).FocusAsync();
        for (var step = 0; step < 27; step++) await page.Keyboard.PressAsync("ArrowLeft");
        await page.GetByRole(AriaRole.Link, new() { Name = "night (current, leaf, appeared)" }).WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("at=5"));
        await Assertions.Expect(page.GetByRole(AriaRole.Slider)).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("As it was at 5.")).ToBeVisibleAsync();
    }

    /// <summary>Every step makes a forest of its own, on the server and in the browser; none is kept by the page.</summary>
    [Fact]
    public async Task Ten_thousand_checkpoints_open_and_the_slider_leaves_nothing_behind()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = Guid.NewGuid().ToString();
        var definition = TestHost.DomainXml("large", uuid);
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(definition));
        var items = Enumerable.Range(0, 10_000).Select(i =>
            $"<domaincheckpoint><name>c{i}</name>{(i == 0 ? "" : $"<parent><name>c{(i - 1) / 2}</name></parent>")}<creationTime>{1_700_000_000 + i}</creationTime><disks><disk name='vda' checkpoint='bitmap'/></disks>{definition}</domaincheckpoint>");
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/bulk", TestHost.Xml($"<checkpoints>{string.Concat(items)}</checkpoints>"));
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/domains/{uuid}?find=c7777");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("^c7777 ") })).ToBeVisibleAsync();
        Assert.InRange(await page.Locator("svg.forest a").CountAsync(), 1, 1_000);

        var browsers = await context.NewCDPSessionAsync(page);
        async Task<(int Nodes, int Listeners, double Heap)> StepAsync(int from)
        {
            for (var to = from; to > from - 40; to--)
            {
                await page.GetByRole(AriaRole.Slider).FillAsync($"{to}");
                await Assertions.Expect(page.GetByText($"As it was at {to}.")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            }

            await browsers.SendAsync("HeapProfiler.collectGarbage");
            var counted = await browsers.SendAsync("Memory.getDOMCounters");
            return (counted!.Value.GetProperty("nodes").GetInt32(), counted.Value.GetProperty("jsEventListeners").GetInt32(), await page.EvaluateAsync<double>("performance.memory.usedJSHeapSize"));
        }

        var before = await StepAsync(9_000);
        var after = await StepAsync(8_000);
        Assert.True(after.Nodes < before.Nodes * 1.2 && after.Listeners < before.Listeners + 20, $"nodes and listeners after 40 steps {before}, after 80 {after}");
        Assert.True(after.Heap < before.Heap + (4 << 20), $"bytes after 40 steps {before}, after 80 {after}");
    }

    [Fact]
    public async Task An_auditor_types_finds_a_domain_and_who_deleted_a_checkpoint_and_sends_the_moment()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await SampleAsync(host);
        await host.DefineAsync("other");
        await host.SendAsync(HttpMethod.Delete, $"/v1/domains/{uuid}/checkpoints/side", null, ("X-Audit-Reason", "a mistake"));
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByLabel("Name has").PressSequentiallyAsync("SHO");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "other" })).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        Assert.Contains("q=SHO", page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await page.GetByLabel("What").FillAsync("*_deleted");
        await page.Keyboard.PressAsync("Enter");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "a mistake" });
        await Assertions.Expect(row).ToContainTextAsync("local");
        await row.GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.GetByText("As it was at")).ToBeVisibleAsync();
        Assert.Contains("at=", page.Url, StringComparison.Ordinal);
    }

    /// <summary>A chain that folds, a branch, a held one, and a neighbour whose name would be markup.</summary>
    private static async Task<string> SampleAsync(TestHost host)
    {
        var uuid = Guid.NewGuid().ToString();
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("shop", uuid)));
        using var webhook = new StringContent("""{"url":"https://hook.invalid/"}""", null, "application/json");
        await host.SendAsync(HttpMethod.Post, "/v1/webhooks", webhook);
        await host.DefineAsync("&lt;img src=x onerror=console.log(1)&gt;");
        foreach (var name in new[] { "base", "night", "held" }) await CreateAsync(host, uuid, name);
        using var hold = new StringContent("""{"id":"case-7","checkpoint":"held"}""", null, "application/json");
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/holds", hold, ("X-Audit-Reason", "court order"));
        await host.SendAsync(
            HttpMethod.Post, $"/v1/domains/{uuid}/checkpoints?redefine=true",
            TestHost.Xml("<domaincheckpoint><name>side</name><description>a try</description><parent><name>base</name></parent><creationTime>1760000000</creationTime><disks><disk name='vda' checkpoint='bitmap'/></disks></domaincheckpoint>"));
        for (var i = 0; i < 20; i++) await CreateAsync(host, uuid, $"hour-{i}");
        // One that its host has lost, and one without its bitmap.
        string[] there = ["base", "night", "held", .. Enumerable.Range(0, 19).Select(i => $"hour-{i}")];
        var bitmaps = there.Append("hour-19").Select(name => $$"""{"name":"{{name}}","inconsistent":false}""");
        using var observation = new StringContent(
            $$"""{"host":"kvm7:qemu/system","checkpoints":["side","{{string.Join("\",\"", there)}}"],"disks":[{"target":"vda","source":"/a","bitmaps":[{{string.Join(',', bitmaps)}}]},{"target":"vdb"}]}""", null, "application/json");
        await host.SendAsync(HttpMethod.Put, $"/v1/domains/{uuid}/observation", observation);
        return uuid;
    }

    private static async Task CreateAsync(TestHost host, string domain, string name) =>
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{domain}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
}
