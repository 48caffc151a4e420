using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Hosts;

/// <summary>In what a host and the store can disagree.</summary>
public enum DriftKind
{
    /// <summary>The store has it, and libvirt no longer knows it.</summary>
    MissingOnHost,

    /// <summary>libvirt has it, and the store was never told.</summary>
    UnknownToStore,

    /// <summary>Another parent.</summary>
    ParentDiffers,

    /// <summary>Another description, creation time or disks of a checkpoint; or another definition of the domain, its name included.</summary>
    DefinitionDiffers,

    /// <summary>libvirt will take another checkpoint as current once its daemon was started again.</summary>
    CurrentDiffers,

    /// <summary>libvirt will take none as current then, since there are several leaves or roots (virDomainMomentFindLeaf): its next checkpoint becomes a root.</summary>
    CurrentAmbiguous,
}

/// <summary>One difference.</summary>
/// <param name="Checkpoint">Null where it is about the domain as a whole.</param>
/// <param name="Store">What the store has, in a few words; null for nothing.</param>
/// <param name="Host">What the host has; null for nothing.</param>
public sealed record DriftItem(DriftKind Kind, MomentName? Checkpoint, string? Store, string? Host);

/// <summary>What a store and a host say of one domain, side by side.</summary>
public static class Drift
{
    /// <param name="stored">The checkpoints of the store, parents first.</param>
    /// <param name="current">The store's current checkpoint.</param>
    /// <param name="seen">As the host printed them, parents first.</param>
    /// <returns>The host's checkpoints in their order, then what it lacks, then what is current.</returns>
    public static IReadOnlyList<DriftItem> Of(IReadOnlyList<RedefineXml> stored, MomentName? current, IReadOnlyList<RedefineXml> seen)
    {
        var store = stored.ToDictionary(xml => xml.Name);
        var plan = RestorePlan.Of(stored, seen);
        return
        [
            .. seen.SelectMany(host => store.TryGetValue(host.Name, out var known)
                ? Differing(known, host)
                : [new DriftItem(DriftKind.UnknownToStore, host.Name, null, Place(host))]),
            .. plan.Missing.Select(name => new DriftItem(DriftKind.MissingOnHost, name, Place(store[name]), null)),
            .. Current(current, seen),
        ];
    }

    private static IEnumerable<DriftItem> Differing(RedefineXml store, RedefineXml host)
    {
        if (store.Parent != host.Parent) yield return new DriftItem(DriftKind.ParentDiffers, host.Name, Shown(store.Parent), Shown(host.Parent));
        var (before, after) = (Content(store), Content(host));
        if (before != after) yield return new DriftItem(DriftKind.DefinitionDiffers, host.Name, before, after);
    }

    private static IEnumerable<DriftItem> Current(MomentName? current, IReadOnlyList<RedefineXml> seen)
    {
        if (seen.Count == 0) yield break;
        var host = RestorePlan.Of([], seen);
        if (host.AfterRestart is null) yield return new DriftItem(DriftKind.CurrentAmbiguous, null, Shown(current), $"{host.Leaves} leaves");
        else if (host.AfterRestart != current) yield return new DriftItem(DriftKind.CurrentDiffers, null, Shown(current), host.AfterRestart.Value.Value);
    }

    private static string Place(RedefineXml xml) => $"parent {Shown(xml.Parent)}, created {xml.CreationTime.Seconds}";

    /// <summary>All of a checkpoint's own but its place, as text on one line: without the &lt;domain&gt; inside, which libvirt prints as its own version of the day has it.</summary>
    private static string Content(RedefineXml xml) =>
        $"created {xml.CreationTime.Seconds}, description {(xml.Description is { } text ? $"\"{text.ReplaceLineEndings("\\n")}\"" : "-")}, disks "
        + string.Join(' ', DiskAlignment.AsListed(xml.Disks, xml.Name).Select(disk => disk.Mode == DiskMode.No ? $"{disk.Name}=no" : $"{disk.Name}=bitmap:{disk.Bitmap}"));

    private static string Shown(MomentName? name) => name?.Value ?? "-";
}
