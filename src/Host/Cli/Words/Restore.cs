using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Libvirt;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>restore: what a libvirt host has lost is put back from the store.</summary>
internal static class Restore
{
    public static Word Word { get; } = new(
        "restore",
        Group.Hosts,
        "put back on a libvirt host the checkpoints that it has lost",
        "Redefines on a libvirt host what it does not know of the domain's checkpoints: roots first, with their own creation times and bitmaps. No disk is touched.",
        [
            WordOption.Domain,
            new("to", Takes.Text, "the host, such as qemu:///system", NamedOnly: true),
            new("script", Takes.Text, "instead of a host: a new directory for the XML files and a script of virsh commands", Names.File, NamedOnly: true),
            new("validate", Takes.Nothing, "have libvirt check that the disks have the bitmaps (the domain has to run)", NamedOnly: true),
            new("no-domain", Takes.Nothing, "leave out the <domain> inside of each checkpoint", NamedOnly: true),
            new("dry-run", Takes.Nothing, "tell what would be done, and do nothing", NamedOnly: true),
            .. WordOption.AsOf,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "This is not virsh's restore, which is about saved states of memory.",
            "What the host has is left alone, also where it differs from the store; that is named. It is safe to run again, and goes on where it was stopped.",
            "The domain has to be defined on the host: by its uuid, or else under its name; then the <domain> inside is left out, since libvirt takes no other's.",
            "A script's files hold secrets where the definitions do, and are readable by their owner alone.",
        ],
        Examples = ["restore vm1 --to qemu:///system", "restore vm1 --to qemu:///system --at 2026-11-20T12:00:00Z --dry-run", "restore vm1 --script vm1-restore"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var named) || !call.Text("to", out var uri) || !call.Text("script", out var directory)) return false;
        if ((uri is null) == (directory is null)) return call.Fail("where to: one of --to URI and --script DIRECTORY is needed");
        if (!call.Got(await call.Api.Get<DomainSummary>(call.Ask(named)), out var domain)) return false;
        if (directory is not null)
            return await StoredCheckpoints.ReadAsync(call, domain, call.Has("no-domain")) is { } scripted && RestoreScript.Write(call, domain, scripted, directory);
        try
        {
            using var host = LibvirtConnection.Open(uri!);
            using var target = host.Find(domain.Id) ?? host.Find(domain.Name);
            if (target is null)
                return call.Fail($"{uri} has no domain '{domain.Name}': define it there first, with what 'dumpxml {domain.Name} --security-info' prints");
            return await StoredCheckpoints.ReadAsync(call, domain, call.Has("no-domain") || target.Id != domain.Id) is { } stored && Put(call, stored, target);
        }
        catch (LibvirtException no)
        {
            return call.Fail($"{uri}: {no.Message}");
        }
    }

    private static bool Put(Invocation call, IReadOnlyList<(MomentName Name, string Xml)> stored, LibvirtDomain target)
    {
        var seen = target.Checkpoints().Select(CheckpointReader.ReadRedefine).ToArray();
        if (seen.FirstOrDefault(read => read.Refusal is not null).Refusal is { } unread) return call.Fail($"a checkpoint on the host cannot be read: {unread.Message}");
        var plan = RestorePlan.Of([.. stored.Select(item => CheckpointReader.ReadRedefine(item.Xml).Value)], [.. seen.Select(read => read.Value)]);
        var xml = stored.ToDictionary(item => item.Name, item => item.Xml);
        var done = new List<MomentName>();
        if (!call.Has("dry-run"))
        {
            foreach (var name in plan.Missing)
            {
                try
                {
                    target.Redefine(xml[name], call.Has("validate"));
                    done.Add(name);
                }
                catch (LibvirtException no)
                {
                    return call.Fail(
                        $"libvirt refused checkpoint '{name}': {no.Message}; {(done.Count == 0 ? "none was put back" : $"put back before it: {string.Join(", ", done)}")}, "
                        + $"{plan.Missing.Count - done.Count} are left; the same again goes on with them");
                }
            }
        }

        if (call.WantsJson) return call.PrintAsJson(new { dryRun = call.Has("dry-run"), plan.Missing, plan.Differing, plan.Unknown, plan.AfterRestart });
        Tell(call, plan, stored.Count);
        return true;
    }

    private static void Tell(Invocation call, RestorePlan plan, int stored)
    {
        var would = call.Has("dry-run") ? "would be " : "";
        call.Say($"{plan.Missing.Count} {would}put back{(plan.Missing.Count == 0 ? "" : $": {string.Join(", ", plan.Missing)}")}; {stored - plan.Missing.Count} there already\n");
        if (plan.Differing.Count > 0) call.Say($"Left alone, since the host has them otherwise: {string.Join(", ", plan.Differing)}\n");
        if (plan.Unknown.Count > 0) call.Say($"On the host, and not in the store: {string.Join(", ", plan.Unknown)}\n");
        call.Say(plan switch
        {
            { AfterRestart: { } current } => $"Once its daemon was started again, libvirt takes {current} as current: it is the only leaf\n",
            { Leaves: 0 } => "",
            _ => $"Once its daemon was started again, libvirt takes none as current, since there are {plan.Leaves} leaves or several roots: the next checkpoint becomes a root there\n",
        });
    }
}
