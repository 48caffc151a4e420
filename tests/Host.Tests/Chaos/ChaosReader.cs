using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EventCheckpoints.Host.Tests.Chaos;

/// <summary>
/// Somebody who follows all events and keeps a position now and then, as a program does that writes it to its disk. Killed, it knows nothing but what it has kept; cut off by
/// a server, it goes on behind the last event that it got.
/// </summary>
internal abstract class ChaosReader(string kind, Hosts hosts) : IAsyncDisposable
{
    /// <summary>Events between two writes of the position.</summary>
    private const int KeptEvery = 7;

    private readonly List<List<long>> _runs = [];
    private readonly CancellationTokenSource _done = new();
    private CancellationTokenSource _killed = new();
    private long _kept;

    public string Kind => kind;

    /// <summary>What it got from one kill to the next.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Runs => _runs;

    public int Kills => _runs.Count - 1;

    public long Last { get; private set; }

    protected Hosts Hosts => hosts;

    /// <summary>What a server refuses ends it with an exception.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    public void Start() => Reading = Task.Run(RunAsync);

    public void Kill() => _killed.Cancel();

    /// <summary>Returns once it reads no more, killed a last time.</summary>
    public async Task StopAsync()
    {
        await _done.CancelAsync();
        await Reading;
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await Reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _killed.Dispose();
        _done.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_done.IsCancellationRequested)
        {
            _runs.Add([]);
            _killed.Dispose();
            _killed = CancellationTokenSource.CreateLinkedTokenSource(_done.Token);
            Last = _kept;
            await LiveAsync(_killed.Token);
        }
    }

    /// <summary>Until killed.</summary>
    protected virtual async Task LiveAsync(CancellationToken killed)
    {
        while (!killed.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(killed);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException { StatusCode: null or >= System.Net.HttpStatusCode.InternalServerError })
            {
                // Killed, or the server was: another one goes on.
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    /// <summary>From the last event on, until something ends it.</summary>
    protected abstract Task ReadAsync(CancellationToken killed);

    protected void Take(long sequence)
    {
        _runs[^1].Add(sequence);
        Last = sequence;
        if (_runs[^1].Count % KeptEvery == 0) _kept = sequence;
    }
}

/// <summary>By Server-Sent Events, from whichever host.</summary>
internal sealed class StreamReader(Hosts hosts) : ChaosReader("stream", hosts)
{
    protected override async Task ReadAsync(CancellationToken killed)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Hosts.Any(), "/v1/events/stream")) { Headers = { { "Last-Event-ID", $"{Last:D20}" } } };
        using var response = (await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, killed)).EnsureSuccessStatusCode();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(killed)).EnumerateAsync(killed))
            if (item.Data.Length > 0) Take(long.Parse(item.EventId!, null));
    }
}

/// <summary>In pages, one after another, each from whichever host.</summary>
internal sealed class PageReader(Hosts hosts) : ChaosReader("pages", hosts)
{
    protected override async Task ReadAsync(CancellationToken killed)
    {
        using var client = new HttpClient();
        while (true)
        {
            var page = (await client.GetFromJsonAsync<JsonNode>(new Uri(Hosts.Any(), $"/v1/events?after={Last:D20}&limit=50"), killed))!;
            foreach (var item in page["items"]!.AsArray()) Take(long.Parse((string)item!["sequence"]!, null));
            if (page["items"]!.AsArray().Count == 0) await Task.Delay(50, killed);
        }
    }
}

/// <summary>By `eventcheckpoints watch`, a process that is killed.</summary>
internal sealed class WatchReader(Hosts hosts, string cursor) : ChaosReader("watch", hosts)
{
    protected override async Task LiveAsync(CancellationToken killed)
    {
        using var watch = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "eventcheckpoints"), ["--connect", Hosts.Any().ToString(), "watch", "--from", "start", "--json", "--cursor", cursor])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var complaints = watch.StandardError.ReadToEndAsync(CancellationToken.None);
        await using var kill = killed.Register(() => watch.Kill());
        // Also what is in the pipe when it dies: it was printed. The last line may be cut off.
        while (await watch.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            if (line.EndsWith('}')) Take(long.Parse((string)JsonNode.Parse(line)!["sequence"]!, null));
        await watch.WaitForExitAsync(CancellationToken.None);
        // Where its server is down, or goes, when it is started, it ends at once, and is started again like any service.
        if (!killed.IsCancellationRequested && !Regex.IsMatch(await complaints, "failed to connect|did not answer to the end")) throw new InvalidOperationException(await complaints);
    }

    protected override Task ReadAsync(CancellationToken killed) => Task.CompletedTask;
}
