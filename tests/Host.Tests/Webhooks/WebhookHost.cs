using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Tests.Events;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>A host whose deliveries go by a clock that the test moves, and a target it may send to.</summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner;

    private WebhookHost(TestHost host, WebhookTarget target, FakeTimeProvider time)
    {
        (Host, Target, Time) = (host, target, time);
        _owner = NpgsqlDataSource.Create(host.ConnectionString);
    }

    public static IPNetwork Loopback { get; } = IPNetwork.Parse("127.0.0.0/8");

    public TestHost Host { get; }

    public WebhookTarget Target { get; }

    public FakeTimeProvider Time { get; }

    public static async Task<WebhookHost> StartAsync()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        return new WebhookHost(await TestHost.StartAsync(options => options with { WebhookNetworks = [Loopback], Time = time }), await WebhookTarget.StartAsync(), time);
    }

    /// <returns>Its id and its secret.</returns>
    public async Task<(string Id, string Secret)> CreateAsync(object? with = null, Uri? url = null)
    {
        var body = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(with ?? new { from = "start" })!;
        body["url"] = (url ?? Target.Url).AbsoluteUri;
        var (status, created, _) = await Host.SendAsync(HttpMethod.Post, "/v1/webhooks", JsonContent.Create(body));
        Assert.Equal((HttpStatusCode.Created, 201), (status, (int)status));
        return ((string)created["id"]!, (string)created["secret"]!);
    }

    public async Task<JsonNode> GetAsync(string path) => (await Host.SendAsync(HttpMethod.Get, $"/v1/webhooks/{path}")).Body;

    public async Task PostAsync(string path, object? body = null)
    {
        using var response = await Host.Client.PostAsJsonAsync($"/v1/webhooks/{path}", body ?? new { });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    /// <summary>A domain with checkpoints.</summary>
    public async Task<string> DefineAsync(string name, params string[] checkpoints)
    {
        var uuid = await Host.DefineAsync(name);
        foreach (var checkpoint in checkpoints) await FeedTests.CreateAsync(Host, name, checkpoint);
        return uuid;
    }

    /// <summary>The sequences of all domains' events, or of one's.</summary>
    public async Task<string[]> TableAsync(string? domain = null) => await FeedTests.TableAsync(Host, domain);

    /// <summary>Moves the clock to the next attempt that is due, and on from there until it is made.</summary>
    public async Task NextAttemptAsync()
    {
        const string made = "select count(*) from eventcheckpoints.webhook_deliveries";
        var before = (long)(await AskAsync(made))!;
        await Eventually.Async(async () => await DueAsync() is not null, () => "no attempt is due");
        if (await DueAsync() is { } due && due > Time.GetUtcNow()) Time.SetUtcNow(due);
        await Eventually.Async(
            async () =>
            {
                if ((long)(await AskAsync(made))! > before) return true;
                Time.Advance(TimeSpan.FromMilliseconds(100));
                return false;
            },
            () => "no attempt was made");
    }

    /// <summary>How many attempts in the log have failed.</summary>
    public async Task<long> FailedAsync() => (long)(await AskAsync("select count(*) from eventcheckpoints.webhook_deliveries where outcome <> 'delivered'"))!;

    public async Task<object?> AskAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is { } found and not DBNull ? found : null;
    }

    public async ValueTask DisposeAsync()
    {
        await Target.DisposeAsync();
        await _owner.DisposeAsync();
        await Host.DisposeAsync();
    }

    private async Task<DateTimeOffset?> DueAsync() => await AskAsync("select min(due) from eventcheckpoints.webhook_lanes") is DateTime due ? new DateTimeOffset(due) : null;
}
