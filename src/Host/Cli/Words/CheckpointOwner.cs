using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-owner: who answers for a checkpoint.</summary>
internal static class CheckpointOwner
{
    public static Word Word { get; } = new(
        "checkpoint-owner",
        Group.Checkpoints,
        "say which tool or person answers for a checkpoint",
        "Says who answers for a checkpoint, so that several backup tools can share a domain and see each other.",
        [
            WordOption.Domain,
            new("checkpointname", Takes.Text, "checkpoint name", Names.Checkpoint),
            new("owner", Takes.Text, "the tool or person"),
            new("none", Takes.Nothing, "nobody answers for it", NamedOnly: true),
            WordOption.Reason,
            WordOption.IfVersion,
        ],
        Run)
    {
        Notes =
        [
            "A new checkpoint gets its owner from --owner of the command that makes it, from an import of a tool's own files, or by its name (serve --owners).",
            "It is said, not enforced: a legal hold (hold-place) is what keeps a checkpoint from being deleted.",
            "checkpoint-list --owner NAME lists those of one owner, checkpoint-list --state shows it of all.",
        ],
        Examples = ["checkpoint-owner vm1 monday virtnbdbackup", "checkpoint-owner vm1 monday --none --reason \"the tool is no longer used\""],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || await call.Checkpoint("checkpointname", domain) is not { } name || !call.Text("owner", out var owner)) return false;
        if ((owner is null) != call.Has("none")) return call.Fail("whose it is: one of an owner and --none is needed");
        using var body = JsonContent.Create(new { owner }, options: Wire.Options);
        if (!call.Got(await call.Api.Send<Done>(HttpMethod.Put, $"{domain}/checkpoints/{name}/owner", call.Change, body), out var done)) return false;
        call.Say((owner, done.Changed) switch
        {
            (null, true) => $"Nobody answers for checkpoint {name} any more\n",
            (null, false) => $"Nobody answers for checkpoint {name}, as before\n",
            (_, true) => $"{owner} answers for checkpoint {name} now\n",
            _ => $"{owner} answers for checkpoint {name} already\n",
        });
        return true;
    }
}
