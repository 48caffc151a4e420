using System.Net.Http.Headers;
using System.Text;
using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Domain;
using EventCheckpoints.Host;
using Microsoft.AspNetCore.Builder;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>A server in this process on a loopback port, and a client of it.</summary>
internal sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private HttpHost(WebApplication app)
    {
        _app = app;
        _client = new HttpClient { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address => new(_app.Urls.Single() + "/");

    public IServiceProvider Services => _app.Services;

    public static async Task<HttpHost> StartAsync(string connectionString)
    {
        var app = Server.Build(new ServeOptions("http://127.0.0.1:0", connectionString, []));
        await app.StartAsync();
        return new HttpHost(app);
    }

    /// <summary>A new domain without checkpoints.</summary>
    public async Task<DomainId> DefineAsync()
    {
        var id = new DomainId(Guid.NewGuid());
        await PostAsync("v1/domains", new StringContent(DomainXml.Of(id, id.ToString(), -1, DomainXml.Usual), Encoding.UTF8, "application/xml"));
        return id;
    }

    /// <summary>Imports a list from a file, to what is there already; returns its bytes.</summary>
    public async Task<long> ImportAsync(DomainId id, string file)
    {
        await using var list = File.OpenRead(file);
        var bytes = list.Length;
        await PostAsync($"v1/domains/{id}/bulk?mode=merge", new StreamContent(list) { Headers = { ContentType = new MediaTypeHeaderValue("application/xml") } });
        return bytes;
    }

    /// <summary>A checkpoint below the current one.</summary>
    public Task CreateAsync(DomainId id, string name) =>
        PostAsync($"v1/domains/{id}/checkpoints", new StringContent($"<domaincheckpoint><name>{name}</name></domaincheckpoint>", Encoding.UTF8, "application/xml"));

    /// <summary>Reads an answer to its end and forgets it; returns its bytes.</summary>
    public async Task<long> DrainAsync(string path)
    {
        await using var answer = await _client.GetStreamAsync(new Uri(path, UriKind.Relative));
        var buffer = new byte[64 * 1024];
        long bytes = 0;
        for (int read; (read = await answer.ReadAsync(buffer)) > 0;) bytes += read;
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task PostAsync(string path, HttpContent content)
    {
        using (content)
        {
            using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), content);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
    }
}
