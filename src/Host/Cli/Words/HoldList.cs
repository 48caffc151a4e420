using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>hold-list: the legal holds there are.</summary>
internal static class HoldList
{
    public static Word Word { get; } = new(
        "hold-list",
        Group.Audit,
        "the legal holds on a domain and its checkpoints",
        "Lists the active legal holds of a domain, in the order they were placed.",
        [WordOption.Domain, .. WordOption.AsOf, WordOption.Json],
        Run)
    {
        Notes = ["'(domain)' in place of a checkpoint is the whole domain. Those that were released are in the history: audit --type 'hold_*'."],
        Examples = ["hold-list vm1", "hold-list vm1 --at 2026-11-20T12:00:00Z --json"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain)) return false;
        if (!call.Got(await call.Api.GetAll<HoldItem>(call.Ask($"{domain}/holds")), out var holds)) return false;
        if (call.WantsJson) return call.PrintAsJson(new Page<HoldItem>(holds, null));
        Table.Print(
            call.Out,
            ["Id", "Checkpoint", "Placed", "Actor", "Reason"],
            [.. holds.Select(hold => (string[])[
                hold.Id.Value, hold.Checkpoint?.Value ?? "(domain)", CheckpointTable.Local(CreationTime.Of(hold.Recorded), call.Session.Zone) ?? "", hold.Actor ?? "", hold.Reason ?? ""])],
            call.Session.Quiet);
        return true;
    }
}
