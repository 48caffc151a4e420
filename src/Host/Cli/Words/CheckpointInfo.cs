using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-info (cmdCheckpointInfo).</summary>
internal static class CheckpointInfo
{
    public static Word Word { get; } = new(
        "checkpoint-info",
        Group.Checkpoints,
        "checkpoint information",
        "Returns basic information about a checkpoint.",
        [WordOption.Domain, new("checkpointname", Takes.Text, "checkpoint name", Names.Checkpoint), .. WordOption.AsOf, WordOption.Json],
        Run)
    {
        Examples = ["checkpoint-info vm1 monday", "checkpoint-info vm1 monday --at 17"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || await call.Checkpoint("checkpointname", domain) is not { } name) return false;
        var path = $"{domain}/checkpoints/{name}";
        if (call.WantsJson) return await call.PrintJson(path);
        if (!call.Got(await call.Api.Get<CheckpointView>(call.Ask(path)), out var checkpoint)) return false;
        call.Out.Write($"{"Name:",-15} {checkpoint.Name}\n");
        call.Out.Write($"{"Domain:",-15} {checkpoint.DomainName}\n");
        call.Out.Write($"{"Parent:",-15} {checkpoint.Parent?.Value ?? "-"}\n");
        call.Out.Write($"{"Children:",-15} {checkpoint.Children}\n");
        call.Out.Write($"{"Descendants:",-15} {checkpoint.Descendants}\n");
        // virsh has no such lines; a checkpoint of which nothing is said is shown as virsh shows it.
        if (checkpoint.Holds.Count > 0) call.Out.Write($"{"Legal holds:",-15} {string.Join(' ', checkpoint.Holds)}\n");
        if (checkpoint.Owner is { } owner) call.Out.Write($"{"Owner:",-15} {owner}\n");
        if (checkpoint.Lost is { } lost) call.Out.Write($"{"Lost:",-15} {lost}\n");
        foreach (var fault in checkpoint.Faults) call.Out.Write($"{"Invalid:",-15} {fault.Disk} {DiskFaults.Text(fault.Fault)}: {fault.Evidence}\n");
        return true;
    }
}
