using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>webhook-create: events are sent to somebody.</summary>
internal static class WebhookCreate
{
    public static Word Word { get; } = new(
        "webhook-create",
        Group.Events,
        "have events sent to an address over HTTP",
        "Makes a webhook, and prints its id and the secret that its deliveries are signed with (Standard Webhooks).",
        [
            new("url", Takes.Required, "where to: https, or a network that the server allows"),
            new("domain", Takes.Text, "only this domain, also one that is no longer registered", Names.Domain, NamedOnly: true),
            new("type", Takes.Text, "only events of this type, such as '*.deleted.v1'; * and ? are wildcards", NamedOnly: true),
            new("checkpoint", Takes.Text, "only checkpoints of this name; * and ? are wildcards", NamedOnly: true),
            new("actor", Takes.Text, "only what this one did", NamedOnly: true),
            new("owner", Takes.Text, "only checkpoints that this tool or person answered for then", NamedOnly: true),
            new("source", Takes.Text, "only what came through cli, api, sync or import", NamedOnly: true),
            new("description", Takes.Text, "what it is for", NamedOnly: true),
            .. WebhookWords.Begin,
            WordOption.Reason,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "Without --from and --after it begins with what happens from now on. The secret is printed this once: webhook-rotate makes another.",
            "An event is sent at least once, a domain's in order. It is tried ten times within three days; then it is a dead letter: webhook-dead-letters.",
        ],
        Examples = ["webhook-create https://example.org/hook --type '*.checkpoint.*' --description archive", "webhook-create https://example.org/hook --domain vm1 --from start"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        var body = new Dictionary<string, string?>();
        foreach (var field in (string[])["url", "domain", "type", "checkpoint", "actor", "source", "owner", "description", "from", "after"])
        {
            if (!call.Text(field, out var value)) return false;
            body[field] = value;
        }

        using var content = JsonContent.Create(body, options: Wire.Options);
        if (!call.Got(await call.Api.Send<WebhookWords.Secret>(HttpMethod.Post, "v1/webhooks", call.Change, content), out var made)) return false;
        if (call.WantsJson) return call.PrintAsJson(made);
        call.Out.Write($"{"Webhook:",-15} {made.Id}\n{"Secret:",-15} {made.Value}\n");
        return true;
    }
}
