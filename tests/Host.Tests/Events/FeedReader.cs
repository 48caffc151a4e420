using System.Net.ServerSentEvents;
using Xunit;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>Somebody who follows the stream, until told to stop.</summary>
internal sealed class FeedReader : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<SseItem<string>> _events = [];
    private Task _reading = Task.CompletedTask;

    private FeedReader(Uri server) => _client = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The ids of the events got so far.</summary>
    public string[] Ids
    {
        get
        {
            lock (_events) return [.. _events.Select(item => item.EventId!)];
        }
    }

    public string[] Data
    {
        get
        {
            lock (_events) return [.. _events.Select(item => item.Data)];
        }
    }

    /// <summary>Ends when the server ends the stream.</summary>
    public Task Ended => _reading;

    /// <summary>Returns once the server has answered.</summary>
    public static async Task<FeedReader> OpenAsync(Uri server, string query = "", string? lastId = null)
    {
        var reader = new FeedReader(server);
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events/stream" + query);
        if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
        var response = await reader._client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        reader._reading = Task.Run(async () =>
        {
            using (response)
            {
                await using var body = await response.Content.ReadAsStreamAsync();
                try
                {
                    await foreach (var item in SseParser.Create(body).EnumerateAsync(reader._stop.Token))
                    {
                        // The events of the standard's own clients have data; an id alone is kept and not told.
                        if (item.Data.Length == 0) continue;
                        lock (reader._events) reader._events.Add(item);
                    }
                }
                catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
                {
                    // Told to stop, or cut off.
                }
            }
        });
        return reader;
    }

    /// <summary>Waits until there are so many.</summary>
    public async Task UntilAsync(int count)
    {
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (Ids.Length < count)
        {
            Assert.True(DateTime.UtcNow < deadline, $"{Ids.Length} of {count} events came");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _client.Dispose();
        _stop.Dispose();
    }
}
