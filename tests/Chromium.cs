using Microsoft.Playwright;

namespace EventCheckpoints.Tests;

/// <summary>The Chromium of this machine, for what looks at the pages.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    public const string Program = "/usr/bin/chromium";

    // As root Chromium has no sandbox; it sees nothing but our own server.
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <param name="more">Further arguments.</param>
    /// <returns>Null where there is none.</returns>
    public static async Task<Chromium?> StartAsync(params string[] more)
    {
        if (!File.Exists(Program)) return null;
        var playwright = await Playwright.CreateAsync();
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = [.. Arguments, .. more] }));
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
