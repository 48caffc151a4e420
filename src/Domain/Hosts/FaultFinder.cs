namespace EventCheckpoints.Domain.Hosts;

/// <summary>
/// Which checkpoints cannot be relied on for which disks, from what a domain's disks were when they were last looked at and what they are now. A checkpoint that the store learns of after the
/// look was made of the disks as they are.
/// </summary>
public sealed class FaultFinder(DomainState state, Observation seen)
{
    /// <summary>The disks as they are to be remembered: what a look does not say of a disk is as it was.</summary>
    public IReadOnlyList<HostDisk> Disks { get; } =
    [
        .. seen.Disks.Select(one => one.Disk.Capacity is null && state.HostDisks.FirstOrDefault(disk => disk.Target == one.Disk.Target) is { } was && was.IsSameAs(one.Disk)
            ? one.Disk with { Capacity = was.Capacity }
            : one.Disk),
    ];

    /// <summary>What the look adds to a checkpoint's faults, and what it ends.</summary>
    public IEnumerable<DomainEvent> Changes(Checkpoint checkpoint)
    {
        var marks = state.MarksOf(checkpoint.Name);
        foreach (var disk in checkpoint.Disks.Where(disk => disk.Mode == DiskMode.Bitmap))
        {
            foreach (var fault in Enum.GetValues<DiskFault>())
            {
                var known = marks.Faults.GetValueOrDefault((disk.Name, fault));
                var found = Find(disk, fault, Made(marks, disk.Name));
                if (found is { There: true } && known is null)
                    yield return new CheckpointDiskInvalidated(checkpoint.Name, disk.Name, fault, found.Evidence, Made(marks, disk.Name));
                else if (found is { There: false } && known is not null)
                    yield return new CheckpointDiskValidated(checkpoint.Name, disk.Name, fault, found.Evidence);
            }
        }
    }

    /// <param name="There">Whether the checkpoint has the fault.</param>
    private sealed record Finding(bool There, string Evidence);

    /// <summary>The disk that the checkpoint was made of: what its faults were seen by, the same for all, else what it was at the last look; null where it was never seen.</summary>
    private HostDisk? Made(CheckpointMarks marks, string name) =>
        marks.Faults.FirstOrDefault(fault => fault.Key.Disk == name && fault.Value.Was is not null).Value?.Was ?? state.HostDisks.FirstOrDefault(disk => IsNamed(disk, name));

    /// <summary>Null where the look says neither.</summary>
    private Finding? Find(CheckpointDisk disk, DiskFault fault, HostDisk? made)
    {
        var now = seen.Disks.FirstOrDefault(one => IsNamed(one.Disk, disk.Name));
        return fault switch
        {
            DiskFault.Detached => now is null
                ? new Finding(true, $"the domain has no disk {disk.Name} on {seen.Host}{(made?.Source is { } source ? $"; it was {source}" : "")}")
                : new Finding(false, $"the domain has a disk {disk.Name} again: {Shown(now.Disk)}"),
            DiskFault.Replaced => now is null || made is null ? null
                : GoesOn(made, now) ? new Finding(false, $"{disk.Name} is {Shown(now.Disk)} again")
                : new Finding(true, $"{disk.Name} was {Shown(made)}, and is {Shown(now.Disk)}"),
            // Back at the old size, the bitmap is still of a disk that was cut or has grown.
            DiskFault.Resized => now is null || made is null || !GoesOn(made, now) || made.Capacity is null || now.Disk.Capacity is null || made.Capacity == now.Disk.Capacity
                ? null
                : new Finding(true, $"{disk.Name} had {made.Capacity} bytes, and has {now.Disk.Capacity}"),
            DiskFault.Moved => Other(made, now) is { } other
                ? new Finding(true, $"{other.Source} is a disk of domain '{other.Domain}' now")
                : new Finding(false, "no other domain of the host has the disk"),
            DiskFault.BitmapMissing => now?.Bitmaps is not { } bitmaps ? null
                : new Finding(Bitmap(bitmaps, disk) is null, Bitmap(bitmaps, disk) is null ? $"{Shown(now.Disk)} has no bitmap '{disk.Bitmap}'" : $"bitmap '{disk.Bitmap}' is in {Shown(now.Disk)}"),
            DiskFault.BitmapInconsistent => now?.Bitmaps is not { } bitmaps ? null
                : new Finding(Bitmap(bitmaps, disk) is { Inconsistent: true }, $"bitmap '{disk.Bitmap}' of {Shown(now.Disk)} {(Bitmap(bitmaps, disk) is { Inconsistent: true } ? "was not closed, and is not to be trusted" : "is not inconsistent")}"),
            _ => throw new InvalidOperationException($"unknown fault {fault}"),
        };
    }

    /// <summary>A checkpoint that was redefined without a domain may name a disk by where its data is (virDomainDiskIndexByName).</summary>
    private static bool IsNamed(HostDisk disk, string name) => name.StartsWith('/') ? disk.Source == name : disk.Target == name;

    /// <summary>The same disk, or an overlay of it.</summary>
    private static bool GoesOn(HostDisk made, ObservedDisk now) => now.Disk.IsSameAs(made) || (made.Source is { } source && now.Backing.Contains(source));

    /// <summary>Another domain that has the disk's data.</summary>
    private (string Source, string Domain)? Other(HostDisk? made, ObservedDisk? now)
    {
        foreach (var source in new[] { made?.Source, now?.Disk.Source }.OfType<string>())
        {
            if (seen.Elsewhere.TryGetValue(source, out var domain)) return (source, domain);
        }

        return null;
    }

    private static SeenBitmap? Bitmap(IReadOnlyList<SeenBitmap> bitmaps, CheckpointDisk disk) => bitmaps.FirstOrDefault(bitmap => bitmap.Name == disk.Bitmap);

    private static string Shown(HostDisk disk) => $"{disk.Source ?? "a disk without a source"}{(disk.Serial is { } serial ? $" (serial {serial})" : "")}";
}
