using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>A page of a list; <paramref name="Next"/> is the cursor of the following one, null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A domain in one line.</summary>
/// <param name="Version">The version of its stream: the number of events so far, and its ETag.</param>
/// <param name="Current">The checkpoint that the next create becomes a child of.</param>
/// <param name="CurrentAfterRestart">What libvirt itself would take as current after a restart: the only leaf of one unbranched chain, else none (virDomainMomentFindLeaf).</param>
public sealed record DomainSummary(
    DomainId Id, DomainName Name, long Version, int Checkpoints, MomentName? Current, MomentName? CurrentAfterRestart, DateTimeOffset LastChange);

/// <summary>A checkpoint as a list shows it.</summary>
/// <param name="Children">How many checkpoints have it as their parent.</param>
public sealed record CheckpointItem(MomentName Name, MomentName? Parent, CreationTime CreationTime, string? Description, bool Current, int Children);

/// <summary>A checkpoint with all it has.</summary>
/// <param name="Version">The domain's version this answer was read at.</param>
/// <param name="Definition">The hash of the domain definition as of then; null where a redefine gave none.</param>
public sealed record CheckpointView(
    MomentName Name,
    MomentName? Parent,
    CreationTime CreationTime,
    string? Description,
    bool Current,
    int Children,
    int Descendants,
    IReadOnlyList<CheckpointDisk> Disks,
    DefinitionHash? Definition,
    DomainId Domain,
    DomainName DomainName,
    long Version);
