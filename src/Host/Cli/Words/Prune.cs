using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Libvirt;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>prune: which checkpoints may go, and, where that is said, that they go.</summary>
internal static class Prune
{
    public static Word Word { get; } = new(
        "prune",
        Group.Hosts,
        "tell which old checkpoints may go; with --yes, delete them",
        "Tells which checkpoints of a domain may go, oldest first, so that incremental backups from all that stay are still possible. Nothing is deleted without --yes.",
        [
            WordOption.Domain,
            new("keep", Takes.Text, "how many of the newest stay; at least 1", NamedOnly: true),
            new("older-than", Takes.Text, "only those made this many days ago or before", NamedOnly: true),
            new("owner", Takes.Text, "also those of this tool or person; else only those that nobody answers for", NamedOnly: true),
            new("on", Takes.Text, "with --yes: the libvirt host that they are deleted on too, with their bitmaps", NamedOnly: true),
            new("yes", Takes.Nothing, "delete them", NamedOnly: true),
            WordOption.Reason,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "What stays: the current one; what a legal hold keeps; what another tool or person answers for; what would be deleted from a disk that is another domain's, or another disk, now; a beginning of several branches; and all behind one that stays.",
            "With --yes and without --on only the store forgets them; their bitmaps stay in the disks of the host. Where anything has changed since the plan, or libvirt refuses, it stops there and says what was done.",
        ],
        Examples = ["prune vm1 --keep 14", "prune vm1 --keep 7 --older-than 30 --owner virtnbdbackup --on qemu:///system --yes --reason retention"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var path) || !call.Text("owner", out var owner) || !call.Text("on", out var uri)) return false;
        if (Number(call, "keep") is not { } keep) return call.Fail("--keep takes how many of the newest stay, a number from 1 on, and is needed");
        var days = Number(call, "older-than");
        if (days is null && call.Has("older-than")) return call.Fail($"--older-than takes a number of days, not '{call.Given("older-than")}'");
        if (uri is not null && !call.Has("yes")) return call.Fail("--on goes with --yes: a plan changes nothing anywhere");
        var query = call.Ask($"{path}/prune-plan", null, $"keep={keep}", days is null ? "" : $"older-than={days}", owner is null ? "" : $"owner={Uri.EscapeDataString(owner)}");
        if (!call.Got(await call.Api.Get<PruneView>(query), out var plan)) return false;
        if (!call.Has("yes"))
        {
            if (call.WantsJson) return call.PrintAsJson(plan);
            Tell(call, plan);
            return true;
        }

        var done = await DeleteAsync(call, path, plan, uri);
        if (call.WantsJson) call.PrintAsJson(new { plan.Domain, plan.DomainName, Deleted = plan.Go.Take(done).ToArray(), Left = plan.Go.Skip(done).ToArray(), plan.Stay });
        else if (done > 0) call.Say($"{done} deleted: {string.Join(", ", plan.Go.Take(done))}\n");
        else if (plan.Go.Count == 0) call.Say("None may go\n");
        return done == plan.Go.Count || call.Fail($"{plan.Go.Count - done} are left: {string.Join(", ", plan.Go.Skip(done))}");
    }

    /// <returns>How many are gone.</returns>
    private static async Task<int> DeleteAsync(Invocation call, string path, PruneView plan, string? uri)
    {
        var (version, done) = (plan.Version, 0);
        MomentName? deleting = null;
        try
        {
            using var host = uri is null || plan.Go.Count == 0 ? null : LibvirtConnection.Open(uri);
            using var domain = host?.Find(plan.Domain);
            if (host is not null && domain is null)
            {
                call.Fail($"{uri} has no domain '{plan.DomainName}'");
                return 0;
            }

            foreach (var name in plan.Go)
            {
                // The store first: it may refuse, and what it forgets too early the next sync learns again. A bitmap that is gone is gone.
                var change = call.Change with { IfVersion = version.ToString(CultureInfo.InvariantCulture) };
                var reply = await call.Api.Send<Done>(HttpMethod.Delete, $"{path}/checkpoints/{name}", change);
                if (reply.Problem is { } problem)
                {
                    call.Fail(problem);
                    return done;
                }

                version = reply.Value!.Version;
                deleting = name;
                domain?.DeleteCheckpoint(name);
                done++;
            }
        }
        catch (LibvirtException no)
        {
            call.Fail($"{uri}: {no.Message}{(deleting is null ? "" : $"; the store has forgotten {deleting}, and the next sync learns it again")}");
        }

        return done;
    }

    private static void Tell(Invocation call, PruneView plan)
    {
        call.Say(plan.Go.Count == 0 ? "None may go\n" : $"{plan.Go.Count} may go, oldest first: {string.Join(", ", plan.Go)}\n");
        foreach (var stay in plan.Stay) call.Say($"{stay.Name} stays: {stay.Why}\n");
    }

    private static int? Number(Invocation call, string option) =>
        int.TryParse(call.Given(option), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (option != "keep" || number > 0) ? number : null;
}
