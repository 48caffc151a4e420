using EventCheckpoints.Tests;
using EventCheckpoints.Web.Tests;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Browser))]

namespace EventCheckpoints.Web.Tests;

/// <summary>One Chromium for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private Chromium? _chromium;

    public async ValueTask InitializeAsync() => _chromium = await Chromium.StartAsync();

    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        if (_chromium is null) Assert.Skip($"{Chromium.Program} is not there: ./test installs it");
        return await _chromium.Browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
    }
}
