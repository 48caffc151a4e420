namespace EventCheckpoints.Domain.Hosts;

/// <summary>What one look at a libvirt host showed of a domain.</summary>
/// <param name="Checkpoints">The names of all that the host knows.</param>
/// <param name="Disks">All that can be written to and have a medium, in the definition's order.</param>
/// <param name="Elsewhere">Where a disk's data is, and the name of another domain of the host that has a disk there.</param>
public sealed record Observation(
    HostName Host, IReadOnlyList<MomentName> Checkpoints, IReadOnlyList<ObservedDisk> Disks, IReadOnlyDictionary<string, string> Elsewhere);

/// <summary>A disk as a look showed it.</summary>
/// <param name="Backing">The images it is based on, the nearest first; none where that was not looked for. An overlay of a disk goes on from it.</param>
/// <param name="Bitmaps">Null where the disk was not looked into: nothing is concluded of them.</param>
public sealed record ObservedDisk(HostDisk Disk, IReadOnlyList<string> Backing, IReadOnlyList<SeenBitmap>? Bitmaps);
