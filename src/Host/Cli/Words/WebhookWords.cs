using System.Diagnostics.CodeAnalysis;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>What the words about webhooks have in common, and those of them that do one thing to one webhook.</summary>
internal static class WebhookWords
{
    public static WordOption Id { get; } = new("webhook", Takes.Required, "the webhook's id; webhook-list prints it");

    /// <summary>Where to begin, as the feed's own.</summary>
    public static IReadOnlyList<WordOption> Begin { get; } =
    [
        new("from", Takes.Text, "start, now, or a time such as 2026-03-06T12:00:00Z: recorded then or later", NamedOnly: true),
        new("after", Takes.Text, "behind the event of this sequence, in place of --from", NamedOnly: true),
    ];

    public static Word Pause { get; } = Simple("webhook-pause", "stop delivering to a webhook; events wait", HttpMethod.Post, "/pause", "paused");

    public static Word Resume { get; } = Simple("webhook-resume", "deliver again to a webhook that is paused or disabled, and try at once what waits", HttpMethod.Post, "/resume", "resumed");

    public static Word Delete { get; } = Simple("webhook-delete", "delete a webhook, with its delivery log and dead letters", HttpMethod.Delete, "", "deleted");

    public static Word Rotate { get; } = new(
        "webhook-rotate",
        Group.Events,
        "give a webhook a new secret",
        "Makes a new secret, and prints it. For 24 hours deliveries are signed with both, so that the receiver can be changed meanwhile.",
        [Id, WordOption.Reason, WordOption.Json],
        async call =>
        {
            if (!Path(call, "/rotate", out var path) || !call.Got(await call.Api.Send<Secret>(HttpMethod.Post, path, call.Change), out var made)) return false;
            if (call.WantsJson) return call.PrintAsJson(made);
            call.Out.Write($"{made.Value}\n");
            return true;
        });

    public static Word Test { get; } = new(
        "webhook-test",
        Group.Events,
        "send a webhook a message that is no event",
        "Sends one message of type io.eventcheckpoints.webhook.test.v1, signed as all are, and says what came of it.",
        [Id, WordOption.Json],
        async call => Path(call, "/test", out var path) && call.Got(await call.Api.Send<Tried>(HttpMethod.Post, path, call.Change), out var tried) && Print(call, tried));

    public static Word Replay { get; } = new(
        "webhook-replay",
        Group.Events,
        "send a webhook again what happened since",
        "Sends all events behind a position again, from the first one where none is given; what was given up there is no dead letter any longer.",
        [Id, .. Begin, WordOption.Reason],
        async call =>
        {
            if (!Path(call, "/replay", out var path) || !call.Text("from", out var from) || !call.Text("after", out var after)) return false;
            using var body = JsonContent.Create(new { from, after });
            if (!call.Got(await call.Api.Do(HttpMethod.Post, path, call.Change, body), out _)) return false;
            call.Say($"Webhook {call.Given("webhook")} is sent everything {(after is not null ? $"after {after}" : $"from {from ?? "start"} on")} again\n");
            return true;
        })
    {
        Examples = ["webhook-replay 0199… --from 2026-03-06"],
    };

    /// <summary>A path of the API about the webhook that was named.</summary>
    /// <returns>False, with the error printed, where none can have that id; a path cannot hold texts such as "..".</returns>
    public static bool Path(Invocation call, string rest, [NotNullWhen(true)] out string? path)
    {
        var given = call.Given("webhook");
        path = Guid.TryParse(given, out var id) ? $"v1/webhooks/{id}{rest}" : null;
        return path is not null || call.Fail($"invalid argument: no webhook has the id '{given}'");
    }

    /// <summary>What an attempt came to, for people; false where it failed.</summary>
    public static bool Print(Invocation call, Tried tried)
    {
        if (call.WantsJson) return call.PrintAsJson(tried) && tried.Delivered;
        if (!tried.Delivered) return call.Fail($"not delivered: {tried.Error}");
        call.Say($"Delivered in {tried.Milliseconds} ms: {tried.Status}\n");
        return true;
    }

    private static Word Simple(string name, string summary, HttpMethod method, string rest, string done) => new(
        name,
        Group.Events,
        summary,
        $"{char.ToUpperInvariant(summary[0])}{summary[1..]}.",
        [Id, WordOption.Reason],
        async call =>
        {
            if (!Path(call, rest, out var path) || !call.Got(await call.Api.Do(method, path, call.Change), out _)) return false;
            call.Say($"Webhook {call.Given("webhook")} {done}\n");
            return true;
        });

    /// <summary>A secret as the API tells it.</summary>
    public sealed record Secret(Guid Id, [property: System.Text.Json.Serialization.JsonPropertyName("secret")] string Value);

    /// <summary>An attempt as the API tells it.</summary>
    public sealed record Tried(bool Delivered, int? Status, string? Error, int Milliseconds);
}
