namespace EventCheckpoints.Domain;

/// <summary>
/// A fact about one domain, in its stream. Facts are only added to: never renamed, never edited. Their stored names and JSON are pinned by a test.
/// Who, through what, why and when stand beside each event, not in it.
/// </summary>
public abstract record DomainEvent;

/// <summary>The domain is known from here on, under this name. Again after an undefine.</summary>
public sealed record DomainRegistered(DomainName Name) : DomainEvent;

/// <summary>The text of a definition, once for each distinct hash in a stream.</summary>
public sealed record DefinitionRecorded(DefinitionHash Hash, string Xml) : DomainEvent;

/// <summary>The domain's own definition is this one from here on; the checkpoints that follow embed it.</summary>
public sealed record DomainDefined(DefinitionHash Definition) : DomainEvent;

public sealed record DomainRenamed(DomainName Name) : DomainEvent;

/// <summary>A checkpoint was made under the current one and is current now (virDomainCheckpointCreateXML).</summary>
public sealed record CheckpointCreated(
    MomentName Name,
    string? Description,
    MomentName? Parent,
    CreationTime CreationTime,
    IReadOnlyList<CheckpointDisk> Disks,
    DefinitionHash? Definition) : DomainEvent;

/// <summary>
/// A checkpoint's metadata was put (back): new, or in place of all that stood under the name; it is the newest among its siblings.
/// It becomes current if none was, or if its parent was (virDomainCheckpointRedefinePrep).
/// </summary>
public sealed record CheckpointRedefined(
    MomentName Name,
    string? Description,
    MomentName? Parent,
    CreationTime CreationTime,
    IReadOnlyList<CheckpointDisk> Disks,
    DefinitionHash? Definition) : DomainEvent;

/// <summary>A checkpoint hangs under another parent now, or is a root; it is the newest among its new siblings.</summary>
public sealed record CheckpointReparented(MomentName Name, MomentName? Parent) : DomainEvent;

/// <summary>A checkpoint without children is gone. If it was current, its parent is (virDomainCheckpointDelete).</summary>
public sealed record CheckpointDeleted(MomentName Name) : DomainEvent;

/// <summary>A list said which checkpoint is current, or that none is, and that differs from what its redefines alone would give.</summary>
public sealed record CurrentCheckpointChanged(MomentName? Name) : DomainEvent;

/// <summary>From here on a legal hold keeps a checkpoint as it is, or, where it names none, all of the domain's, those that are still to come too.</summary>
public sealed record HoldPlaced(HoldId Hold, MomentName? Name) : DomainEvent;

/// <summary>A legal hold is over; its id is free. It names what was held.</summary>
public sealed record HoldReleased(HoldId Hold, MomentName? Name) : DomainEvent;

/// <summary>From here on the domain was seen on this libvirt host; null once that host has it no longer.</summary>
public sealed record DomainHostChanged(HostName? Host) : DomainEvent;

/// <summary>The domain's disks as the host has them from here on: what a checkpoint's disk of the same target is compared with.</summary>
public sealed record DomainDisksSeen(IReadOnlyList<HostDisk> Disks) : DomainEvent;

/// <summary>The host does not know a checkpoint any more, whether it was lost there or deleted; the store keeps it.</summary>
/// <param name="Evidence">What was seen, in words.</param>
public sealed record CheckpointLost(MomentName Name, string Evidence) : DomainEvent;

/// <summary>The host knows a checkpoint again that was lost.</summary>
public sealed record CheckpointFound(MomentName Name, string Evidence) : DomainEvent;

/// <summary>From here on a checkpoint is not to be relied on for one of its disks, for this reason; others may be added.</summary>
/// <param name="Disk">The disk's target in the checkpoint, such as vda.</param>
/// <param name="Was">The disk that the checkpoint was made of, where it was seen.</param>
public sealed record CheckpointDiskInvalidated(MomentName Name, string Disk, DiskFault Fault, string Evidence, HostDisk? Was) : DomainEvent;

/// <summary>That reason is no more.</summary>
public sealed record CheckpointDiskValidated(MomentName Name, string Disk, DiskFault Fault, string Evidence) : DomainEvent;

/// <summary>Another tool or person answers for a checkpoint from here on; null is nobody.</summary>
public sealed record CheckpointOwnerChanged(MomentName Name, Owner? From, Owner? To) : DomainEvent;

/// <summary>The domain is no longer registered; its checkpoints were deleted before. The stream stays, and may go on with a registration.</summary>
public sealed record DomainUndefined : DomainEvent;
