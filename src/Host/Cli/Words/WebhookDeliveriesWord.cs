using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Webhooks;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>webhook-deliveries and webhook-dead-letters: what came of sending.</summary>
internal static class WebhookDeliveriesWord
{
    public static Word Deliveries { get; } = new(
        "webhook-deliveries",
        Group.Events,
        "the last attempts to deliver to a webhook",
        "Lists attempts, newest first; the log reaches back 30 days.",
        [WebhookWords.Id, new("limit", Takes.Text, "this many and no more (default: 50)", NamedOnly: true), WordOption.Json],
        RunDeliveries)
    {
        Notes = ["delivered; failed: it is tried again; dead: it was given up. A test has no sequence."],
    };

    public static Word DeadLetters { get; } = new(
        "webhook-dead-letters",
        Group.Events,
        "events that a webhook could not be sent",
        "Lists the events that were given up, or sends one of them once more.",
        [WebhookWords.Id, new("send", Takes.Text, "send the event of this sequence, now; it is no dead letter any more if that succeeds", NamedOnly: true), WordOption.Json],
        RunDeadLetters)
    {
        Examples = ["webhook-dead-letters 0199…", "webhook-dead-letters 0199… --send 17"],
    };

    private static async Task<bool> RunDeliveries(Invocation call)
    {
        if (!call.Text("limit", out var limit)) return false;
        if (!WebhookWords.Path(call, $"/deliveries?limit={Uri.EscapeDataString(limit ?? "50")}", out var path)) return false;
        if (!call.Got(await call.Api.Get<Page<DeliveryView>>(path), out var page)) return false;
        if (call.WantsJson) return call.PrintAsJson(page);
        Table.Print(
            call.Out,
            ["Attempted", "Sequence", "Attempt", "Outcome", "Status", "Time", "Error"],
            [.. page.Items.Select(delivery => (string[])[
                Local(call, delivery.Attempted), delivery.Sequence.TrimStart('0'), Text(delivery.Attempt), delivery.Outcome, Text(delivery.Status), $"{Text(delivery.Milliseconds)} ms", delivery.Error ?? ""])],
            call.Session.Quiet);
        return true;
    }

    private static async Task<bool> RunDeadLetters(Invocation call)
    {
        if (!call.Text("send", out var sequence)) return false;
        if (sequence is not null)
        {
            return WebhookWords.Path(call, $"/dead-letters/{Uri.EscapeDataString(sequence)}/replay", out var path)
                && call.Got(await call.Api.Send<WebhookWords.Tried>(HttpMethod.Post, path, call.Change), out var tried) && WebhookWords.Print(call, tried);
        }

        if (!WebhookWords.Path(call, "/dead-letters", out var all) || !call.Got(await call.Api.GetAll<DeadLetterView>(all), out var letters)) return false;
        if (call.WantsJson) return call.PrintAsJson(new Page<DeadLetterView>(letters, null));
        Table.Print(
            call.Out,
            ["Sequence", "Domain", "Attempts", "Given up", "Status", "Error"],
            [.. letters.Select(letter => (string[])[
                letter.Sequence.TrimStart('0'), letter.Domain.ToString(), Text(letter.Attempts), Local(call, letter.GivenUp), Text(letter.Status), letter.Error ?? ""])],
            call.Session.Quiet);
        return true;
    }

    private static string Local(Invocation call, DateTimeOffset time) => CheckpointTable.Local(CreationTime.Of(time), call.Session.Zone) ?? "";

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
