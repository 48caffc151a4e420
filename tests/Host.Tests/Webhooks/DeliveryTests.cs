using System.Net;
using Xunit;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>What targets do, and what is done about it. The clock is the test's, so that a day passes at once.</summary>
public sealed class DeliveryTests
{
    /// <summary>The schedule of Standard Webhooks 1.0.0, in seconds between attempts.</summary>
    private static readonly double[] Schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

    [Fact]
    public async Task Every_event_arrives_signed_once_and_in_its_domain_s_order()
    {
        await using var hook = await WebhookHost.StartAsync();
        var one = await hook.DefineAsync("one", "a", "b");
        var (id, secret) = await hook.CreateAsync();
        var two = await hook.DefineAsync("two", "c");
        var table = await hook.TableAsync();
        await hook.Target.UntilAsync(received => received.Length >= table.Length);
        await SettledAsync(hook, id);
        var got = hook.Target.Received;
        Assert.Equal(table, got.Select(message => message.Sequence).Order(StringComparer.Ordinal));
        foreach (var domain in (string[])[one, two]) Assert.Equal(await hook.TableAsync(domain), got.Where(message => message.Domain == domain).Select(message => message.Sequence));
        Assert.All(got, message =>
        {
            Assert.Equal("application/cloudevents+json; charset=utf-8", message.ContentType);
            Assert.Equal((string?)message.Event["id"], message.Id);
            Assert.True(message.Body.Length < 20_000);
            Assert.True(StandardWebhooksVerifier.Accepts(secret, message, hook.Time.GetUtcNow()));
        });
        var log = (await hook.GetAsync($"{id}/deliveries"))["items"]!.AsArray();
        Assert.Equal(table.Length, log.Count);
        Assert.All(log, delivery => Assert.Equal(("delivered", 200, 1), ((string?)delivery!["outcome"], (int)delivery["status"]!, (int)delivery["attempt"]!)));
    }

    [Fact]
    public async Task A_receiver_that_follows_the_standard_refuses_what_was_changed_is_old_or_is_signed_with_another_secret()
    {
        await using var hook = await WebhookHost.StartAsync();
        var (_, secret) = await hook.CreateAsync();
        await hook.DefineAsync("one");
        await hook.Target.UntilAsync(received => received.Length > 0);
        var (message, now) = (hook.Target.Received[0], hook.Time.GetUtcNow());
        Assert.True(StandardWebhooksVerifier.Accepts(secret, message, now));
        Assert.False(StandardWebhooksVerifier.Accepts(secret, message with { Body = [.. message.Body, (byte)' '] }, now));
        Assert.False(StandardWebhooksVerifier.Accepts(secret, message with { Id = Guid.NewGuid().ToString() }, now));
        Assert.False(StandardWebhooksVerifier.Accepts(secret, message with { Timestamp = (long.Parse(message.Timestamp, null) + 1).ToString(null as IFormatProvider) }, now));
        Assert.False(StandardWebhooksVerifier.Accepts(secret, message, now.AddMinutes(6)));
        Assert.False(StandardWebhooksVerifier.Accepts((await hook.CreateAsync()).Secret, message, now));
    }

    [Fact]
    public async Task While_secrets_are_exchanged_both_sign_and_afterwards_the_new_one_alone()
    {
        await using var hook = await WebhookHost.StartAsync();
        var (id, old) = await hook.CreateAsync();
        var (_, rotated, _) = await hook.Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/rotate");
        var secret = (string)rotated["secret"]!;
        Assert.NotEqual(old, secret);
        await hook.DefineAsync("one");
        await hook.Target.UntilAsync(received => received.Length == 3);
        Assert.All(hook.Target.Received, message => Assert.All((string[])[old, secret], key => Assert.True(StandardWebhooksVerifier.Accepts(key, message, hook.Time.GetUtcNow()))));
        // The same host goes on with the same webhook all day.
        hook.Time.Advance(TimeSpan.FromHours(23));
        await hook.DefineAsync("two");
        await hook.Target.UntilAsync(received => received.Length == 6);
        Assert.True(StandardWebhooksVerifier.Accepts(old, hook.Target.Received[^1], hook.Time.GetUtcNow()));
        hook.Time.Advance(TimeSpan.FromHours(1.1));
        await hook.DefineAsync("three");
        await hook.Target.UntilAsync(received => received.Length == 9);
        Assert.All(hook.Target.Received[6..], message => Assert.Equal((true, false), (StandardWebhooksVerifier.Accepts(secret, message, hook.Time.GetUtcNow()), StandardWebhooksVerifier.Accepts(old, message, hook.Time.GetUtcNow()))));
        var (_, tried, _) = await hook.Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/test");
        Assert.True((bool)tried["delivered"]!);
        Assert.False(StandardWebhooksVerifier.Accepts(old, hook.Target.Received[^1], hook.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_target_that_is_down_for_an_hour_gets_everything_in_order_when_it_is_back()
    {
        await using var hook = await WebhookHost.StartAsync();
        var away = await WebhookTarget.StartAsync();
        var url = away.Url;
        await away.DisposeAsync();
        var one = await hook.DefineAsync("one", "a", "b");
        var began = hook.Time.GetUtcNow();
        var (id, _) = await hook.CreateAsync(url: url);
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await Eventually.Async(async () => await hook.FailedAsync() >= attempt, () => $"attempt {attempt} was not made");
            if (attempt < 4) await hook.NextAttemptAsync();
        }

        Assert.True(hook.Time.GetUtcNow() - began > TimeSpan.FromMinutes(35));
        await using var back = await WebhookTarget.StartAsync(url.Port);
        await Eventually.Async(
            () =>
            {
                hook.Time.Advance(TimeSpan.FromMinutes(10));
                return Task.FromResult(back.Received.Length >= 5);
            },
            () => $"{back.Received.Length} of 5 messages came");
        Assert.Equal(await hook.TableAsync(one), back.Received.Select(message => message.Sequence));
        await SettledAsync(hook, id);
    }

    [Fact]
    public async Task After_the_whole_schedule_an_event_is_dead_the_next_goes_on_and_the_dead_one_can_be_sent_again()
    {
        await using var hook = await WebhookHost.StartAsync();
        hook.Target.Answer = WebhookTarget.Status(500);
        var uuid = await hook.DefineAsync("one");
        var table = await hook.TableAsync();
        var (id, _) = await hook.CreateAsync();
        await Eventually.Async(async () => await hook.FailedAsync() == 1, () => "no attempt was made");
        var times = new List<DateTimeOffset>();
        for (var attempt = 1; attempt <= Schedule.Length; attempt++)
        {
            times.Add(hook.Time.GetUtcNow());
            if (attempt == Schedule.Length) hook.Target.Answer = (message, context) => WebhookTarget.Status(message.Sequence == table[0] ? 500 : 200)(message, context);
            await hook.NextAttemptAsync();
        }

        times.Add(hook.Time.GetUtcNow());
        var waits = times.Zip(times.Skip(1), (from, to) => (to - from).TotalSeconds).ToArray();
        // With up to a fifth more, so that what failed together is not tried together.
        Assert.All(waits.Zip(Schedule), wait => Assert.InRange(wait.First, wait.Second, (wait.Second * 1.2) + 5));
        await hook.Target.UntilAsync(received => received.Length == Schedule.Length + 3);
        Assert.Equal([.. Enumerable.Repeat(table[0], Schedule.Length + 1), .. table[1..]], hook.Target.Received.Select(message => message.Sequence));
        Assert.Single(hook.Target.Received.Take(Schedule.Length + 1).Select(message => message.Id).Distinct());
        await SettledAsync(hook, id);

        var dead = Assert.Single((await hook.GetAsync($"{id}/dead-letters"))["items"]!.AsArray())!;
        Assert.Equal((table[0], uuid, Schedule.Length + 1, 500), ((string?)dead["sequence"], (string?)dead["domain"], (int)dead["attempts"]!, (int)dead["status"]!));
        var (_, again, _) = await hook.Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/dead-letters/{table[0]}/replay");
        Assert.Equal((false, 500), ((bool)again["delivered"]!, (int)again["status"]!));
        Assert.Equal(1, (int)(await hook.GetAsync(id))["deadLetters"]!);
        hook.Target.Answer = WebhookTarget.Status(204);
        (_, again, _) = await hook.Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/dead-letters/{table[0]}/replay");
        Assert.True((bool)again["delivered"]!);
        Assert.Equal(table[0], hook.Target.Received[^1].Sequence);
        Assert.Equal(0, (int)(await hook.GetAsync(id))["deadLetters"]!);
        var (missing, _, _) = await hook.Host.SendAsync(HttpMethod.Post, $"/v1/webhooks/{id}/dead-letters/{table[0]}/replay");
        Assert.Equal(HttpStatusCode.NotFound, missing);
    }

    [Fact]
    public async Task What_is_sent_again_as_a_whole_is_no_longer_a_dead_letter()
    {
        await using var hook = await WebhookHost.StartAsync();
        await hook.DefineAsync("one");
        var table = await hook.TableAsync();
        var (id, _) = await hook.CreateAsync();
        await SettledAsync(hook, id);
        await hook.AskAsync(
            """
            insert into eventcheckpoints.webhook_dead_letters
            select tenant_id, (select id from eventcheckpoints.webhooks), seq_id, stream_id, 10, now(), 500, 'no' from eventcheckpoints.mt_events where type in ('domain_registered', 'domain_defined')
            """);
        await hook.PostAsync($"{id}/replay", new { after = table[0] });
        Assert.Equal(table[0], (string?)Assert.Single((await hook.GetAsync($"{id}/dead-letters"))["items"]!.AsArray())!["sequence"]);
        await hook.Target.UntilAsync(received => received.Length == 5);
        Assert.Equal([.. table, .. table[1..]], hook.Target.Received.Select(message => message.Sequence));
    }

    [Fact]
    public async Task Gone_disables_and_what_waits_is_kept_until_somebody_resumes()
    {
        await using var hook = await WebhookHost.StartAsync();
        hook.Target.Answer = WebhookTarget.Status(410);
        var (id, _) = await hook.CreateAsync();
        var uuid = await hook.DefineAsync("one");
        await Eventually.Async(async () => (string?)(await hook.GetAsync(id))["state"] == "disabled", () => "it is not disabled");
        Assert.StartsWith("answered 410", (string?)(await hook.GetAsync(id))["stateReason"], StringComparison.Ordinal);
        var asked = hook.Target.Received.Length;
        hook.Time.Advance(TimeSpan.FromDays(2));
        await hook.DefineAsync("two");
        Assert.Equal(asked, hook.Target.Received.Length);
        hook.Target.Answer = WebhookTarget.Status(200);
        await hook.PostAsync($"{id}/resume");
        var table = await hook.TableAsync();
        await hook.Target.UntilAsync(received => received.Length >= asked + table.Length);
        Assert.Equal(await hook.TableAsync(uuid), hook.Target.Received[asked..].Where(message => message.Domain == uuid).Select(message => message.Sequence));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_target_that_asks_for_a_pause_gets_it_for_all_domains(int status)
    {
        await using var hook = await WebhookHost.StartAsync();
        hook.Target.Answer = (_, context) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (status, "7000");
            return Task.CompletedTask;
        };
        var (id, _) = await hook.CreateAsync();
        await hook.DefineAsync("one");
        await Eventually.Async(async () => await hook.FailedAsync() == 1, () => "no attempt was made");
        hook.Target.Answer = WebhookTarget.Status(200);
        await hook.DefineAsync("two");
        var began = hook.Time.GetUtcNow();
        // Another host that begins now has to know of it, too.
        await Eventually.Async(async () => await hook.AskAsync("select not_before from eventcheckpoints.webhooks") is DateTime, () => "the pause is not kept");
        await Eventually.Async(async () => (long)(await hook.AskAsync("select count(*) from eventcheckpoints.webhook_lanes"))! == 2, () => "no lane for the second domain");
        for (var step = 0; step < 69; step++)
        {
            hook.Time.Advance(TimeSpan.FromSeconds(100));
            Assert.Single(hook.Target.Received);
        }

        await Eventually.Async(
            () =>
            {
                hook.Time.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(hook.Target.Received.Length == 7);
            },
            () => $"{hook.Target.Received.Length} of 7 messages came");
        Assert.True(hook.Time.GetUtcNow() - began >= TimeSpan.FromSeconds(7000));
        await SettledAsync(hook, id);
    }

    [Fact]
    public async Task One_that_hangs_is_given_up_after_its_time_and_tried_again()
    {
        await using var hook = await WebhookHost.StartAsync();
        hook.Target.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await hook.CreateAsync();
        await hook.DefineAsync("one");
        await hook.Target.UntilAsync(received => received.Length == 1);
        hook.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(0, await hook.FailedAsync());
        await Eventually.Async(
            async () =>
            {
                hook.Time.Advance(TimeSpan.FromSeconds(1));
                return await hook.FailedAsync() == 1;
            },
            () => "it still waits");
        Assert.Equal("no answer within 20 seconds", await hook.AskAsync("select error from eventcheckpoints.webhook_deliveries"));
        hook.Target.Answer = WebhookTarget.Status(200);
        await hook.NextAttemptAsync();
        await hook.Target.UntilAsync(received => received.Length == 4);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_not_followed()
    {
        await using var hook = await WebhookHost.StartAsync();
        hook.Target.Answer = (message, context) =>
        {
            if (message.Path == "/hook") context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        await hook.CreateAsync();
        await hook.DefineAsync("one");
        await Eventually.Async(async () => await hook.FailedAsync() == 1, () => "it did not fail");
        Assert.Equal(302, await hook.AskAsync("select status from eventcheckpoints.webhook_deliveries"));
        Assert.All(hook.Target.Received, message => Assert.Equal("/hook", message.Path));
    }

    [Fact]
    public async Task A_domain_that_cannot_be_delivered_keeps_no_other_one_waiting()
    {
        await using var hook = await WebhookHost.StartAsync();
        var bad = await hook.DefineAsync("bad", "a");
        hook.Target.Answer = (message, context) => WebhookTarget.Status(message.Domain == bad ? 500 : 200)(message, context);
        var (id, _) = await hook.CreateAsync();
        var good = await hook.DefineAsync("good", "a", "b", "c");
        var table = await hook.TableAsync(good);
        await hook.Target.UntilAsync(received => received.Count(message => message.Domain == good) == table.Length);
        Assert.Equal(table, hook.Target.Received.Where(message => message.Domain == good).Select(message => message.Sequence));
        Assert.Single(hook.Target.Received.Where(message => message.Domain == bad).Select(message => message.Sequence).Distinct());
        await Eventually.Async(async () => (int)(await hook.GetAsync(id))["waiting"]! == 1, () => "more than one domain waits");
        var view = await hook.GetAsync(id);
        Assert.Equal(1, (int)view["failing"]!);
        Assert.NotNull(view["nextAttempt"]);
        Assert.Equal((await hook.TableAsync(bad))[0], Next((string)view["position"]!));
    }

    [Fact]
    public async Task Paused_it_sends_nothing_and_resumed_all_that_came_meanwhile()
    {
        await using var hook = await WebhookHost.StartAsync();
        var (id, _) = await hook.CreateAsync();
        await hook.DefineAsync("one");
        await SettledAsync(hook, id);
        await hook.PostAsync($"{id}/pause");
        await hook.DefineAsync("two", "a");
        Assert.Equal("paused", (string?)(await hook.GetAsync(id))["state"]);
        Assert.Equal(3, hook.Target.Received.Length);
        Assert.True((int)(await hook.GetAsync(id))["behind"]! >= 4);
        await hook.PostAsync($"{id}/resume");
        await hook.Target.UntilAsync(received => received.Length == 7);
        Assert.Equal(await hook.TableAsync(), hook.Target.Received.Select(message => message.Sequence));
    }

    [Fact]
    public async Task Replayed_it_sends_all_from_there_again()
    {
        await using var hook = await WebhookHost.StartAsync();
        var (id, _) = await hook.CreateAsync();
        await hook.DefineAsync("one", "a", "b");
        var table = await hook.TableAsync();
        await SettledAsync(hook, id);
        await hook.PostAsync($"{id}/replay", new { after = table[1] });
        await hook.Target.UntilAsync(received => received.Length == table.Length + 3);
        await hook.PostAsync($"{id}/replay", new { from = "start" });
        await hook.Target.UntilAsync(received => received.Length == (2 * table.Length) + 3);
        Assert.Equal([.. table, .. table[2..], .. table], hook.Target.Received.Select(message => message.Sequence));
    }

    [Fact]
    public async Task Filters_let_through_what_they_say_and_the_position_moves_on_over_the_rest()
    {
        await using var hook = await WebhookHost.StartAsync();
        var (id, _) = await hook.CreateAsync(new { from = "start", type = "*.checkpoint.created.v1", checkpoint = "a*" });
        await hook.DefineAsync("one", "a1", "b", "a2");
        await hook.DefineAsync("two", "c");
        await hook.Target.UntilAsync(received => received.Length == 2);
        await SettledAsync(hook, id);
        Assert.Equal(["a1", "a2"], hook.Target.Received.Select(message => (string?)message.Event["subject"]));
    }

    /// <summary>Everything there is is delivered.</summary>
    private static Task SettledAsync(WebhookHost hook, string id) => Eventually.Async(
        async () => await hook.GetAsync(id) is var view && (int)view["behind"]! == 0 && (int)view["waiting"]! == 0, () => "it is still behind");

    private static string Next(string position) => (long.Parse(position, null) + 1).ToString("D20", null);
}
