namespace EventCheckpoints.Host.Tests.Chaos;

/// <summary>Hosts of one database, each in a process of its own at an address that stays; they are killed and come back.</summary>
internal sealed class Hosts : IAsyncDisposable
{
    private readonly string[] _options;
    private readonly ServeProcess[] _running;

    private Hosts(string[] options, ServeProcess[] running)
    {
        (_options, _running) = (options, running);
        Urls = [.. running.Select(host => new Uri(host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)))];
    }

    public IReadOnlyList<Uri> Urls { get; }

    public int Kills { get; private set; }

    public static async Task<Hosts> StartAsync(int count, params string[] options) =>
        new(options, await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ServeProcess.StartAsync(options))));

    /// <summary>Any of them, whether it runs or not.</summary>
    public Uri Any() => Urls[Random.Shared.Next(Urls.Count)];

    /// <summary>kill -9, and a new one in its place; one at a time, so that others go on.</summary>
    public async Task KillAsync(int which)
    {
        await _running[which].KillAsync();
        Kills++;
        await _running[which].DisposeAsync();
        _running[which] = await ServeProcess.StartAsync([.. _options, "--urls", Urls[which].GetLeftPart(UriPartial.Authority)]);
    }

    /// <summary>What each says of its health.</summary>
    public async Task<string> HealthAsync() =>
        string.Concat(await Task.WhenAll(_running.Select(async host => await (await host.Client.GetAsync(new Uri("/healthz", UriKind.Relative))).Content.ReadAsStringAsync())));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _running) await host.DisposeAsync();
    }
}
