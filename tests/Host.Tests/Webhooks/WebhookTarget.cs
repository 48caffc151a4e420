using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>One message as it arrived.</summary>
internal sealed record Received(string Path, string Id, string Timestamp, string Signature, string ContentType, byte[] Body)
{
    public JsonNode Event => JsonNode.Parse(Body)!;

    public string Sequence => (string)Event["sequence"]!;

    public string Domain => (string)Event["partitionkey"]!;
}

/// <summary>Somebody's server that is sent events: a real one, on a loopback port, that answers as the test wants.</summary>
internal sealed class WebhookTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Received> _received = [];

    private WebhookTarget(WebApplication app) => _app = app;

    /// <summary>What each message is answered with.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public Uri Url => new(_app.Urls.Single() + "/hook");

    public Received[] Received
    {
        get
        {
            lock (_received) return [.. _received];
        }
    }

    public static async Task<WebhookTarget> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var target = new WebhookTarget(app);
        app.Run(async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers;
            var received = new Received(
                context.Request.Path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), context.Request.ContentType ?? "", body.ToArray());
            lock (target._received) target._received.Add(received);
            await target.Answer(received, context);
        });
        await app.StartAsync();
        return target;
    }

    public static Func<Received, HttpContext, Task> Status(int status) => (_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Waits for a condition on what was received.</summary>
    public Task UntilAsync(Func<Received[], bool> condition) => Eventually.Async(() => Task.FromResult(condition(Received)), () => $"{Received.Length} messages came");

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
    }
}
