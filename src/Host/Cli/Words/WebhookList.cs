using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Webhooks;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>webhook-list: whom events are sent to, and how far each is.</summary>
internal static class WebhookList
{
    public static Word Word { get; } = new(
        "webhook-list",
        Group.Events,
        "the webhooks, and how far each is",
        "Lists the webhooks in the order they were made.",
        [WordOption.Json],
        Run)
    {
        Notes =
        [
            "Behind: how many sequences there are after the last one up to which all is delivered, and Oldest: when the first of those was recorded.",
            "Waiting: domains with events on their way; Failing: those of them whose next event could not be delivered so far; Dead: events that were given up.",
        ],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Got(await call.Api.GetAll<WebhookView>("v1/webhooks"), out var hooks)) return false;
        if (call.WantsJson) return call.PrintAsJson(new Page<WebhookView>(hooks, null));
        Table.Print(
            call.Out,
            ["Id", "Url", "State", "Behind", "Oldest", "Waiting", "Failing", "Dead", "Description"],
            [.. hooks.Select(hook => (string[])[
                hook.Id.ToString(), hook.Url, hook.State, Number(hook.Behind), hook.Oldest is { } oldest ? CheckpointTable.Local(CreationTime.Of(oldest), call.Session.Zone) ?? "" : "",
                Number(hook.Waiting), Number(hook.Failing), Number(hook.DeadLetters), hook.Description ?? ""])],
            call.Session.Quiet);
        return true;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
