using Deque.AxeCore.Playwright;
using EventCheckpoints.Host.Tests;
using Microsoft.Playwright;
using Xunit;

namespace EventCheckpoints.Web.Tests;

/// <summary>What holds of the pages themselves, whoever looks at them, in a real browser.</summary>
public sealed class ViewTests(Browser browser)
{
    [Theory]
    [InlineData("light", 1280, true)]
    [InlineData("dark", 1280, true)]
    [InlineData("light", 320, true)]
    [InlineData("dark", 320, true)]
    [InlineData("dark", 320, false)]
    public async Task Every_view_reads_fits_and_has_nothing_that_axe_finds(string scheme, int width, bool scripts)
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await Sample.SampleAsync(host);
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

            if (Sample.Pictures is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Sample.Pictures, $"{name}-{scheme}-{width}{(scripts ? "" : "-without-scripts")}.png") });
        }

        Assert.Empty(said);
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
}
