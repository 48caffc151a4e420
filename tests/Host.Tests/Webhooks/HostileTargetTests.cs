using System.Net;
using System.Net.Sockets;
using System.Text;
using EventCheckpoints.Host.Webhooks;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>Nothing that a target answers, and nothing that is done to its webhook meanwhile, stops deliveries.</summary>
public sealed class HostileTargetTests
{
    [Theory]
    [InlineData("HTTP/1.1 500 a\0b\u001b[31m\r\nContent-Length: 4\r\n\r\n\0\0\u001b[")]
    [InlineData("\0\u0001nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200\0OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("")]
    public async Task Whatever_bytes_it_answers_with_they_are_kept_in_one_line(string answer)
    {
        await using var hook = await WebhookHost.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, answer);
        var (id, _) = await hook.CreateAsync(url: new Uri($"http://{listener.LocalEndpoint}/hook"));
        await hook.DefineAsync("one");
        await Eventually.Async(async () => await hook.FailedAsync() == 1, () => "the attempt is not in the log");
        var error = (string)(await hook.GetAsync($"{id}/deliveries"))["items"]![0]!["error"]!;
        Assert.InRange(error.Length, 1, 600);
        Assert.DoesNotContain(error, char.IsControl);
        await WellAsync(hook);
        listener.Stop();
        await answering;
    }

    /// <summary>What is written down after each answer locks the webhook before the lane, as deleting it does; the other way round they would wait for each other.</summary>
    [Theory]
    [InlineData(200, null)]
    [InlineData(410, null)]
    [InlineData(429, "60")]
    [InlineData(500, null)]
    public async Task Deleted_while_an_answer_is_on_its_way_it_is_gone_and_others_go_on(int status, string? retryAfter)
    {
        await using var hook = await WebhookHost.StartAsync();
        var answer = new TaskCompletionSource();
        hook.Target.Answer = async (_, context) =>
        {
            await answer.Task;
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (status, retryAfter);
        };
        await hook.DefineAsync("one");
        await hook.CreateAsync();
        await hook.Target.UntilAsync(received => received.Length == 1);
        await using var owner = NpgsqlDataSource.Create(hook.Host.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await DoAsync("select from eventcheckpoints.webhooks for update");
        answer.SetResult();
        await Eventually.Async(async () => (long)(await hook.AskAsync("select count(*) from pg_locks where not granted"))! > 0, () => "nobody waits for the webhook");
        await DoAsync("select from eventcheckpoints.webhook_lanes for update nowait");
        await DoAsync("delete from eventcheckpoints.webhooks");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        await using var other = await WebhookTarget.StartAsync();
        await hook.CreateAsync(url: other.Url);
        await other.UntilAsync(received => received.Length == 3);
        await WellAsync(hook);

        async Task DoAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Who_is_overloaded_gets_a_pause_as_long_as_it_asked_for_and_else_a_short_one()
    {
        var now = DateTimeOffset.UtcNow;
        Retry After(int attempts, int status, int? asked = null) => RetrySchedule.After(attempts, new Attempt(now, default, status, "no", asked is { } s ? TimeSpan.FromSeconds(s) : null), now)!;
        Assert.Null(After(1, 500).AllNotBefore);
        // One event that failed for days must not keep all others waiting for another day.
        Assert.Equal(now.AddMinutes(1), After(9, 502).AllNotBefore);
        Assert.InRange(After(9, 502).Due, now.AddHours(24), now.AddHours(29));
        Assert.InRange(After(1, 504).AllNotBefore!.Value, now.AddSeconds(5), now.AddSeconds(6));
        Assert.Equal((now.AddHours(2), now.AddHours(2)), (After(1, 503, 7_200).Due, After(1, 503, 7_200).AllNotBefore));
        Assert.Equal(now.AddHours(24), After(1, 429, 1_000_000).AllNotBefore);
    }

    [Fact]
    public async Task Of_two_pauses_the_longer_one_counts()
    {
        await using var hook = await WebhookHost.StartAsync();
        var patient = await hook.DefineAsync("patient");
        await hook.DefineAsync("hasty");
        var asked = hook.Time.GetUtcNow();
        // Both are on their way before either is answered: a pause keeps back what was not sent yet.
        var sent = new TaskCompletionSource();
        hook.Target.Answer = async (message, context) =>
        {
            if (message.Domain == patient) await sent.Task.WaitAsync(context.RequestAborted);
            else sent.TrySetResult();
            if (message.Domain != patient) await Eventually.Async(async () => await hook.AskAsync("select not_before from eventcheckpoints.webhooks") is DateTime, () => "no pause is kept");
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, message.Domain == patient ? "7000" : "10");
        };
        await hook.CreateAsync();
        await Eventually.Async(async () => await hook.FailedAsync() == 2, () => "not both were tried");
        // The database keeps microseconds.
        Assert.True((DateTime)(await hook.AskAsync("select not_before from eventcheckpoints.webhooks"))! >= asked.AddSeconds(6_999).UtcDateTime);
    }

    [Fact]
    public async Task What_nobody_asked_for_is_behind_it_also_while_more_of_it_comes()
    {
        await using var hook = await WebhookHost.StartAsync();
        var (id, _) = await hook.CreateAsync(new { type = "*.hold.*", from = "start" });
        await hook.DefineAsync("one");
        var first = (await hook.TableAsync())[0];
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++) await Events.FeedTests.CreateAsync(hook.Host, "one", $"c{i}");
        });
        await Eventually.Async(async () => string.CompareOrdinal((string)(await hook.GetAsync(id))["position"]!, first) > 0, () => "it stays behind");
        await done.CancelAsync();
        await writing;
    }

    private static async Task WellAsync(WebhookHost hook) =>
        Assert.Equal("ok\n", await hook.Host.Client.GetStringAsync(new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken));

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[64], 1);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
                client.Client.Shutdown(SocketShutdown.Send);
                // Until the other side has read it and goes: closed before, it might see a reset and no answer.
                while (await stream.ReadAsync(new byte[4096]) > 0) { }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The test has seen enough.
        }
    }
}
