using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-parent (cmdCheckpointParent).</summary>
internal static class CheckpointParent
{
    public static Word Word { get; } = new(
        "checkpoint-parent",
        Group.Checkpoints,
        "Get the name of the parent of a checkpoint",
        "Extract the checkpoint's parent, if any",
        [WordOption.Domain, new("checkpointname", Takes.Text, "find parent of checkpoint name", Names.Checkpoint), .. WordOption.AsOf, WordOption.Json],
        Run)
    {
        Notes = ["The exit code of a root is 1."],
        Examples = ["checkpoint-parent vm1 tuesday"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || await call.Checkpoint("checkpointname", domain) is not { } name) return false;
        if (call.WantsJson) return await call.PrintJson($"{domain}/checkpoints/{name}/parent");
        if (!call.Got(await call.Api.Get<CheckpointView>(call.Ask($"{domain}/checkpoints/{name}")), out var checkpoint)) return false;
        if (checkpoint.Parent is not { } parent) return call.Fail($"checkpoint '{name}' has no parent");
        call.Out.Write(parent.Value);
        return true;
    }
}
