using System.Globalization;
using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// A domain's page in a real Chromium, until it is painted: opened, and after a step of the slider; beside a bare page that fetches the same bytes from a server that has them in memory. The browser keeps the time.
/// </summary>
internal static class InBrowser
{
    private const string Bare = "a bare page that fetches the same bytes";

    /// <summary>When the next frame is painted, when the page as it was loaded is, and what loads bytes and no more.</summary>
    private const string Script =
        """
        window.painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
        window.shown = new Promise((done) => addEventListener('load', () => done(painted())));
        window.bytes = async (...paths) => (await Promise.all(paths.map(async (path) => (await fetch(path)).text()))).join('').length;
        """;

    private const string Step =
        """
        async (to) => {
          const before = performance.now();
          const slider = document.querySelector('form[data-slider] input[type=range]');
          const shown = new Promise((done) => new MutationObserver((_, observer) => {
            if (!document.querySelector('[data-live] p strong')?.textContent.includes(`at ${to}.`)) return;
            observer.disconnect();
            done();
          }).observe(document.querySelector('[data-live]'), { childList: true }));
          slider.value = to;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          await shown;
          return await painted() - before;
        }
        """;

    public static async Task RunAsync(Bench bench)
    {
        // Frames come as fast as they are painted, so that nobody waits for a sixtieth of a second.
        await using var chromium = await Chromium.StartAsync("--disable-gpu-vsync", "--disable-frame-rate-limit") ?? throw new InvalidOperationException($"{Chromium.Program} is not there: ./bench installs it");
        await using var host = await HttpHost.StartAsync(await bench.CreateDatabaseAsync());
        await using var bare = await BareServer.StartAsync(host.Address);
        var (first, step) = (new List<SizeResult>(), new List<SizeResult>());
        var rounds = bench.Settings.RoundsOf(5, 15);
        foreach (var size in bench.Settings.SizesOf([500, 2_000], [1_000, 10_000]))
        {
            var id = await host.DefineAsync();
            var file = Path.Combine(bench.Directory, "import.xml");
            new CheckpointList(size).Write(file, id, id.ToString());
            await host.ImportAsync(id, file);
            var domain = $"domains/{id}";
            string At(int round) => (size - (round * 7)).ToString(CultureInfo.InvariantCulture);

            await using var ours = await PageAsync(chromium, host.Address);
            await using var theirs = await PageAsync(chromium, bare.Address);
            // The first ones warm up: this process, the database's caches, the browser's code.
            const int Before = 3;
            var samples = Enumerable.Range(0, 4).Select(_ => new List<Sample>()).ToArray();
            for (var round = -Before; round < rounds; round++)
            {
                var opened = await OpenAsync(ours.Page, domain);
                var page = await bare.KeepAsync(domain, "assets/page.css", "assets/page.js", "assets/icon.svg");
                var fetched = await OpenAsync(theirs.Page, "?" + string.Join('&', page.Paths.Select(path => "path=" + path)));
                var at = At(round + Before);
                var stepped = await ours.Page.EvaluateAsync<double>(Step, at);
                var past = await bare.KeepAsync($"{domain}?at={at}");
                var again = await theirs.Page.EvaluateAsync<double>("async (paths) => { const before = performance.now(); await bytes(...paths); return await painted() - before; }", past.Paths);
                if (round < 0) continue;
                foreach (var (i, (time, bytes)) in new[] { (opened, page.Bytes), (fetched, page.Bytes), (stepped, past.Bytes), (again, past.Bytes) }.Index()) samples[i].Add(new Sample(time / 1000, bytes));
            }

            first.Add(SizeResult.Of(size, samples[0], samples[1], MemoryPeak.Unknown));
            step.Add(SizeResult.Of(size, samples[2], samples[3], MemoryPeak.Unknown));
        }

        foreach (var (name, sizes) in ((string, List<SizeResult>)[])[("page/first-picture", first), ("page/slider-step", step)])
        {
            // Nobody promised a ratio. A window's lines are what a first picture costs, whatever the domain's size; a step into the past reads the whole forest of then.
            var track = new Track(name, Bare, first == sizes ? new Goals(Growth: 2) : new Goals(Exponent: 1.1), []);
            bench.Add(new TrackResult(track, sizes, Growth.Exponent([.. sizes.Select(size => ((double)size.Size, size.Amount.Median))]), sizes[^1].Amount.Median / sizes[0].Amount.Median));
        }
    }

    /// <summary>From the navigation to the painted page, in milliseconds.</summary>
    private static async Task<double> OpenAsync(IPage page, string path)
    {
        await page.GotoAsync("/" + path, new() { WaitUntil = WaitUntilState.Commit });
        return await page.EvaluateAsync<double>("() => shown");
    }

    private static async Task<OpenPage> PageAsync(Chromium chromium, Uri address)
    {
        var context = await chromium.Browser.NewContextAsync(new() { BaseURL = address.ToString(), ViewportSize = new() { Width = 1280, Height = 800 } });
        await context.AddInitScriptAsync(Script);
        return new OpenPage(context, await context.NewPageAsync());
    }

    private sealed record OpenPage(IBrowserContext Context, IPage Page) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Context.CloseAsync();
    }

    /// <summary>A page that loads the paths in its address, and bytes that another server answered with.</summary>
    private sealed class BareServer : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly HttpClient _from;
        private readonly Dictionary<string, byte[]> _kept = [];

        private BareServer(WebApplication app, Uri from) => (_app, _from) = (app, new HttpClient { BaseAddress = from });

        public Uri Address => new(_app.Urls.Single() + "/");

        public static async Task<BareServer> StartAsync(Uri from)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = new BareServer(builder.Build(), from);
            server._app.MapGet("/", () => Results.Text("<!doctype html><title>bare</title><p>bare<script>window.shown = bytes(...new URLSearchParams(location.search).getAll('path')).then(painted)</script>", "text/html"));
            server._app.MapGet("/kept/{number}", (string number) => Results.Bytes(server._kept[number], "text/plain; charset=utf-8"));
            await server._app.StartAsync();
            return server;
        }

        /// <summary>Has what the other server answers now.</summary>
        public async Task<(string[] Paths, long Bytes)> KeepAsync(params string[] paths)
        {
            var (here, bytes) = (new List<string>(), 0L);
            foreach (var path in paths)
            {
                var number = (here.Count + 1).ToString(CultureInfo.InvariantCulture);
                var body = _kept[number] = await _from.GetByteArrayAsync(new Uri(path, UriKind.Relative));
                here.Add("/kept/" + number);
                bytes += body.Length;
            }

            return ([.. here], bytes);
        }

        public async ValueTask DisposeAsync()
        {
            _from.Dispose();
            await _app.DisposeAsync();
        }
    }
}
