using EventCheckpoints.Host.Tests;
using Microsoft.Playwright;
using Xunit;

namespace EventCheckpoints.Web.Tests;

/// <summary>What people do with the pages, in a real browser.</summary>
public sealed class StoryTests(Browser browser)
{
    [Fact]
    public async Task An_operator_sees_a_branch_appear_without_losing_the_place_and_deletes_an_inner_checkpoint()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await Sample.SampleAsync(host);
        await using var context = await browser.OpenAsync(new() { BaseURL = host.Url.ToString() });
        var page = await context.NewPageAsync();
        // What happens before the stream is open belongs to the page that is loaded then.
        await page.RunAndWaitForResponseAsync(() => page.GotoAsync($"/domains/{uuid}"), answer => answer.Url.Contains("/v1/events/stream", StringComparison.Ordinal));
        var link = page.GetByRole(AriaRole.Link, new() { Name = "base (root)" });
        await link.FocusAsync();
        await Sample.CreateAsync(host, uuid, "appeared");
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
        if (Sample.Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Sample.Pictures, "newcomer.png") });
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
        var uuid = await Sample.SampleAsync(host);
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
        var uuid = await Sample.SampleAsync(host);
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

    [Fact]
    public async Task An_auditor_types_finds_a_domain_and_who_deleted_a_checkpoint_and_sends_the_moment()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await Sample.SampleAsync(host);
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
}
