using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-delete (cmdCheckpointDelete).</summary>
internal static class CheckpointDelete
{
    public static Word Word { get; } = new(
        "checkpoint-delete",
        Group.Checkpoints,
        "Delete a domain checkpoint",
        "Checkpoint Delete",
        [
            WordOption.Domain,
            new("checkpointname", Takes.Text, "checkpoint name", Names.Checkpoint),
            new("children", Takes.Nothing, "delete checkpoint and all children"),
            new("children-only", Takes.Nothing, "delete children but not checkpoint"),
            new("metadata", Takes.Nothing, "delete only libvirt metadata, leaving checkpoint contents behind"),
            WordOption.Reason,
            WordOption.IfVersion,
        ],
        Run)
    {
        Notes =
        [
            "Without --children the children move up to the deleted one's parent. Where the current checkpoint goes, its parent becomes current.",
            "A registry has metadata only, so --metadata changes nothing. What was deleted stays in the history.",
        ],
        Examples = ["checkpoint-delete vm1 monday", "checkpoint-delete vm1 monday --children --reason \"retention\""],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || await call.Checkpoint("checkpointname", domain) is not { } name) return false;
        var path = $"{domain}/checkpoints/{name}";
        // Whether it is there comes before whether the flags make sense.
        if (call.Has("children") && call.Has("children-only") && !call.Got(await call.Api.Get<CheckpointView>(path), out _)) return false;

        (string Option, string Flag)[] flags = [("children", "children"), ("children-only", "children-only"), ("metadata", "metadata-only")];
        var query = string.Join('&', flags.Where(flag => call.Has(flag.Option)).Select(flag => $"{flag.Flag}=true"));
        var reply = await call.Api.Send<Done>(HttpMethod.Delete, $"{path}?{query}", call.Change);
        if (reply.Problem is { } problem)
        {
            if (problem.Rule is not ("domain-not-found" or "checkpoint-not-found")) call.Fail($"Failed to delete checkpoint {name}");
            return call.Fail(problem);
        }

        call.Say(call.Has("children-only") ? $"Domain checkpoint {name} children deleted\n" : $"Domain checkpoint {name} deleted\n");
        return true;
    }
}
