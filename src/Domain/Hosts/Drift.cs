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

    /// <summary>The domain has no disk any more that a checkpoint has a bitmap in.</summary>
    DiskDetached,

    /// <summary>Another disk has its target now.</summary>
    DiskReplaced,

    /// <summary>It has another size than when the store last saw it.</summary>
    DiskResized,

    /// <summary>It is another domain's now.</summary>
    DiskMoved,

    /// <summary>A checkpoint's bitmap is not in its disk, or the disk is no longer the domain's: no incremental backup from it.</summary>
    BitmapMissing,

    /// <summary>QEMU did not close it, and trusts it no longer: no incremental backup from it.</summary>
    BitmapInconsistent,

    /// <summary>A bitmap in a disk that no checkpoint of the store or the host speaks of: nobody clears it away, and it costs with every write.</summary>
    BitmapOrphaned,
}

/// <summary>A dirty bitmap as QEMU tells of it.</summary>
public sealed record SeenBitmap(string Name, bool Inconsistent);

/// <summary>A disk that was looked into.</summary>
/// <param name="Target">Such as vda.</param>
public sealed record SeenDisk(string Target, IReadOnlyList<SeenBitmap> Bitmaps);

/// <summary>One difference.</summary>
/// <param name="Checkpoint">Null where it is about the domain as a whole.</param>
/// <param name="Store">What the store has, in a few words; null for nothing.</param>
/// <param name="Host">What the host has; null for nothing.</param>
/// <param name="Disk">The disk's target, where it is about one.</param>
/// <param name="Bitmap">The bitmap's name, where it is about one.</param>
public sealed record DriftItem(DriftKind Kind, MomentName? Checkpoint, string? Store, string? Host, string? Disk = null, string? Bitmap = null);

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

    /// <summary>What the checkpoints need of the disks, and what is in them.</summary>
    /// <param name="checkpoints">Of the store and of the host; the same one may come twice.</param>
    /// <param name="disks">All of the domain's that could be looked into.</param>
    /// <param name="unseen">Targets of those that could not: nothing is concluded about them.</param>
    public static IReadOnlyList<DriftItem> OfBitmaps(IEnumerable<RedefineXml> checkpoints, IReadOnlyList<SeenDisk> disks, IReadOnlySet<string> unseen)
    {
        var needed = checkpoints
            .SelectMany(xml => DiskAlignment.AsListed(xml.Disks, xml.Name), (xml, disk) => (Checkpoint: xml.Name, disk.Name, disk.Mode, disk.Bitmap))
            .Where(disk => disk.Mode == DiskMode.Bitmap && !unseen.Contains(disk.Name))
            .DistinctBy(disk => (disk.Checkpoint, disk.Name, disk.Bitmap))
            .ToArray();
        var seen = disks.SelectMany(disk => disk.Bitmaps, (disk, bitmap) => (disk.Target, bitmap)).ToDictionary(one => (one.Target, one.bitmap.Name), one => one.bitmap);
        var targets = disks.Select(disk => disk.Target).ToHashSet();
        var known = needed.Select(disk => (disk.Name, disk.Bitmap!)).ToHashSet();
        return
        [
            .. from disk in needed
               let found = seen.GetValueOrDefault((disk.Name, disk.Bitmap!))
               where found is null or { Inconsistent: true }
               select new DriftItem(
                   found is null ? DriftKind.BitmapMissing : DriftKind.BitmapInconsistent, disk.Checkpoint, $"bitmap {disk.Bitmap}",
                   found is not null ? "not to be trusted" : targets.Contains(disk.Name) ? null : "no such disk", disk.Name, disk.Bitmap),
            .. seen.Keys.Where(one => !known.Contains(one)).Select(one => new DriftItem(DriftKind.BitmapOrphaned, null, null, $"bitmap {one.Name}", one.Target, one.Name)),
        ];
    }

    /// <summary>On which disks the store's checkpoints cannot be relied on, as a look shows it now; what a sync would mark, and has marked.</summary>
    /// <param name="stored">The checkpoints of the store.</param>
    /// <param name="before">What was seen before, and is marked.</param>
    public static IEnumerable<DriftItem> OfDisks(IReadOnlyList<RedefineXml> stored, DomainState before, Observation seen)
    {
        var finder = new FaultFinder(before, seen);
        foreach (var xml in stored)
        {
            var checkpoint = new Checkpoint(xml.Name, xml.Description, xml.Parent, xml.CreationTime, DiskAlignment.AsListed(xml.Disks, xml.Name), null);
            var faults = before.MarksOf(xml.Name);
            foreach (var change in finder.Changes(checkpoint))
            {
                faults = change switch
                {
                    CheckpointDiskInvalidated e => faults.With(e.Disk, e.Fault, new FaultSeen(e.Evidence, e.Was)),
                    CheckpointDiskValidated e => faults.Without(e.Disk, e.Fault),
                    _ => throw new InvalidOperationException($"a look at disks leads to {change.GetType().Name}"),
                };
            }

            foreach (var ((disk, fault), fact) in faults.Faults)
                if (KindOf(fault) is { } kind) yield return new DriftItem(kind, xml.Name, fact.Was?.Source, fact.Evidence, disk);
        }
    }

    /// <summary>Null for those of bitmaps, which are looked for by themselves.</summary>
    private static DriftKind? KindOf(DiskFault fault) => fault switch
    {
        DiskFault.Detached => DriftKind.DiskDetached,
        DiskFault.Replaced => DriftKind.DiskReplaced,
        DiskFault.Resized => DriftKind.DiskResized,
        DiskFault.Moved => DriftKind.DiskMoved,
        DiskFault.BitmapMissing or DiskFault.BitmapInconsistent => null,
        _ => throw new InvalidOperationException($"unknown fault {fault}"),
    };

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
