using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Http;

/// <summary>Where a libvirt host and the store disagree.</summary>
public sealed record DriftAnswer(IReadOnlyList<DriftOfDomain> Domains);

/// <param name="Unseen">Disks that could not be looked into, with the reason.</param>
public sealed record DriftOfDomain(DomainId Domain, string Name, IReadOnlyList<DriftDifference> Items, IReadOnlyDictionary<string, string> Unseen);

/// <summary>One difference.</summary>
/// <param name="Kind">A DriftKind in lower case with dashes, such as missing-on-host.</param>
/// <param name="Checkpoint">Null where it is about the domain as a whole.</param>
/// <param name="Store">What the store has, in a few words; null for nothing.</param>
/// <param name="Host">What the host has; null for nothing.</param>
/// <param name="Learn">What makes the store say what the host says; null where nothing does.</param>
/// <param name="Restore">What makes the host say what the store says; null where nothing does.</param>
public sealed record DriftDifference(string Kind, MomentName? Checkpoint, string? Disk, string? Store, string? Host, string? Learn, string? Restore);
