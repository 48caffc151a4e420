using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>hold-place: a legal hold begins.</summary>
internal static class HoldPlace
{
    public static Word Word { get; } = new(
        "hold-place",
        Group.Audit,
        "keep a checkpoint, or a whole domain, as it is (legal hold)",
        "Places a legal hold on a checkpoint, or on the whole domain where none is named.",
        [
            WordOption.Domain,
            new("checkpointname", Takes.Text, "checkpoint to hold", Names.Checkpoint),
            new("id", Takes.Text, "the hold's id, such as a case number; made up where none is given", NamedOnly: true),
            WordOption.Reason,
            WordOption.IfVersion,
        ],
        Run)
    {
        Notes =
        [
            "What is held cannot be deleted, moved to another parent or redefined with other content, by whatever command, and a domain with a hold cannot be undefined.",
            "A hold on the whole domain holds all of its checkpoints, those that are created later too. Creating checkpoints and renaming the domain stay possible.",
            "--reason is required. The same id on the same checkpoint again changes nothing; an id can be used again once it is released.",
        ],
        Examples = ["hold-place vm1 monday --id case-2026-17 --reason \"court order 4711\"", "hold-place vm1 --reason \"litigation\""],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || !call.Text("id", out var id)) return false;
        string? name = null;
        if (call.Has("checkpointname") && (name = await call.Checkpoint("checkpointname", domain)) is null) return false;
        using var body = JsonContent.Create(new { id, checkpoint = name }, options: Wire.Options);
        if (!call.Got(await call.Api.Send<Done>(HttpMethod.Post, $"{domain}/holds", call.Change, body), out var done)) return false;
        var target = name is null ? $"domain '{done.DomainName}'" : $"checkpoint {name}";
        call.Say(done.Changed ? $"Legal hold {done.Hold} placed on {target}\n" : $"Legal hold {done.Hold} is on {target} already\n");
        return true;
    }
}
