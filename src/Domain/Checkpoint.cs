namespace EventCheckpoints.Domain;

/// <summary>What the forest's algorithms need to know of a checkpoint (and one day of a snapshot): its name and its parent's.</summary>
public interface IMoment
{
    MomentName Name { get; }

    /// <summary>The parent's name; null for a root, whose parent is the metaroot.</summary>
    MomentName? Parent { get; }
}

/// <summary>How a checkpoint treats a disk (disk/@checkpoint).</summary>
public enum DiskMode
{
    /// <summary>checkpoint='no': the disk is left out.</summary>
    No,

    /// <summary>checkpoint='bitmap': a dirty bitmap tracks the disk from this moment on.</summary>
    Bitmap,
}

/// <summary>
/// A disk of a checkpoint. <paramref name="Name"/> is the target (vda), or a path where a redefine without <c>&lt;domain&gt;</c> gave one.
/// <paramref name="Bitmap"/> is null for <see cref="DiskMode.No"/>; it may be empty (bitmap=''). A size is output only, so it is not kept.
/// </summary>
public sealed record CheckpointDisk(string Name, DiskMode Mode, string? Bitmap);

/// <summary>
/// A checkpoint as the store keeps it (virDomainCheckpointDef). <paramref name="Definition"/> is the domain as of then, or null where a
/// redefine gave none; <paramref name="Description"/> is null or not empty.
/// </summary>
public sealed record Checkpoint(
    MomentName Name,
    string? Description,
    MomentName? Parent,
    CreationTime CreationTime,
    IReadOnlyList<CheckpointDisk> Disks,
    DefinitionHash? Definition) : IMoment
{
    public bool Equals(Checkpoint? other) =>
        other is not null && Name == other.Name && Description == other.Description && Parent == other.Parent
        && CreationTime == other.CreationTime && Definition == other.Definition && Disks.SequenceEqual(other.Disks);

    public override int GetHashCode() => HashCode.Combine(Name, Parent, CreationTime, Definition);
}
