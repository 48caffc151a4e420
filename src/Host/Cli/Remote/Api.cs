using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Remote;

/// <summary>The HTTP API as the words use it. One connection pool for a whole run.</summary>
public sealed class Api : IDisposable
{
    private const string Xml = "application/xml";
    private readonly HttpClient _http;

    /// <param name="server">The server's address, such as http://127.0.0.1:7878.</param>
    /// <param name="token">A bearer token, or null.</param>
    public Api(Uri server, string? token = null, HttpMessageHandler? handler = null)
    {
        // A proxy for the internet knows nothing of this machine's own addresses.
        handler ??= new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), UseProxy = !server.IsLoopback };
        // The import of a large list takes as long as it takes.
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Add("X-Source", "cli");
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Server => _http.BaseAddress!;

    public void Dispose() => _http.Dispose();

    public Task<Reply<T>> Get<T>(string path)
        where T : class => Ask(() => new HttpRequestMessage(HttpMethod.Get, path), Json<T>);

    /// <summary>The JSON as the server sent it.</summary>
    public Task<Reply<string>> GetJson(string path) =>
        Ask(() => new HttpRequestMessage(HttpMethod.Get, path), response => response.Content.ReadAsStringAsync());

    public Task<Reply<string>> GetXml(string path) => Ask(
        () => new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", Xml } } },
        response => response.Content.ReadAsStringAsync());

    /// <summary>Every item of a list, all pages.</summary>
    public async Task<Reply<IReadOnlyList<T>>> GetAll<T>(string path)
    {
        var items = new List<T>();
        string? cursor = null;
        do
        {
            var more = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await Get<Page<T>>($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=10000{more}");
            if (page.Problem is { } problem) return problem;
            items.AddRange(page.Value!.Items);
            cursor = page.Value.Next;
        }
        while (cursor is not null);
        return items;
    }

    public Task<Reply<string>> CopyXml(string path, TextWriter output) => Copy(path, Xml, output);

    /// <summary>Copies a large document as it comes.</summary>
    /// <returns>The empty text.</returns>
    public Task<Reply<string>> Copy(string path, string mediaType, TextWriter output) => Ask(
        () => new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", mediaType } } },
        async response =>
        {
            using var text = new StreamReader(await response.Content.ReadAsStreamAsync());
            var buffer = new char[32768];
            for (int read; (read = await text.ReadBlockAsync(buffer)) > 0;) await output.WriteAsync(buffer.AsMemory(0, read));
            return "";
        });

    /// <summary>Reads a large document of lines as it comes.</summary>
    public Task<Reply<T>> Read<T>(string path, string mediaType, Func<TextReader, Task<T>> read)
        where T : class => Ask(
            () => new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", mediaType } } },
            async response =>
            {
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
                return await read(lines);
            });

    /// <summary>Reads a stream of events as it comes (Server-Sent Events).</summary>
    /// <param name="lastId">What is known already; null for where the path says.</param>
    /// <param name="silence">How long a server that is there may be silent.</param>
    /// <param name="read">Gets the position that the stream begins behind, and the events; the stream is given up when it returns.</param>
    /// <returns>The empty text, where the stream ended.</returns>
    public Task<Reply<string>> Follow(string path, string? lastId, TimeSpan silence, Func<string, IAsyncEnumerable<SseItem<string>>, Task> read) => Ask(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
            return request;
        },
        async response =>
        {
            await using var body = new IdleLimit(await response.Content.ReadAsStreamAsync(), silence);
            await read(response.Headers.GetValues("X-Position").Single(), SseParser.Create(body).EnumerateAsync());
            return "";
        });

    /// <summary>A command with XML as its body, byte for byte.</summary>
    public Task<Reply<Done>> PostXml(string path, byte[] xml, Change change) =>
        Send<Done>(HttpMethod.Post, path, change, new ByteArrayContent(xml) { Headers = { ContentType = new MediaTypeHeaderValue(Xml) } });

    /// <summary>A command with a body of any kind, or none.</summary>
    public Task<Reply<T>> Send<T>(HttpMethod method, string path, Change change, HttpContent? content = null)
        where T : class => Ask(() => Command(method, path, change, content), Json<T>);

    /// <summary>A command that answers without a word, or with one that nobody asks for.</summary>
    public Task<Reply<string>> Do(HttpMethod method, string path, Change change, HttpContent? content = null) =>
        Ask(() => Command(method, path, change, content), response => response.Content.ReadAsStringAsync());

    private static HttpRequestMessage Command(HttpMethod method, string path, Change change, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        // Headers are ASCII; the server takes the escapes out again.
        if (change.Reason is { } reason) request.Headers.Add("X-Audit-Reason", Uri.EscapeDataString(reason));
        if (change.Source is { } source) request.Headers.Add("X-Source", source);
        if (change.IfVersion is { } version) request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        return request;
    }

    private async Task<Reply<T>> Ask<T>(Func<HttpRequestMessage> ask, Func<HttpResponseMessage, Task<T>> read)
        where T : class
    {
        try
        {
            using var request = ask();
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return response.IsSuccessStatusCode ? await read(response) : await Problems.Read(response);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return new Problem($"failed to connect to the server at {Server}: {Problems.Reason(e)}; start one with 'eventcheckpoints serve', or name another with --connect URL or EVENTCHECKPOINTS_URL");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            return new Problem($"the server at {Server} did not answer to the end: {Problems.Reason(e)}");
        }
    }

    private static async Task<T> Json<T>(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<T>(Wire.Options) ?? throw new JsonException("the answer is null");
}
