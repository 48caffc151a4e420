using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Cli.Hosts;

/// <summary>What a look at a libvirt host made of a domain.</summary>
public sealed record SyncOutcome(DomainId Domain, string Name)
{
    public IReadOnlyList<MomentName> Created { get; init; } = [];

    public IReadOnlyList<MomentName> Redefined { get; init; } = [];

    public int Unchanged { get; init; }

    /// <summary>What the store has and the host does not, the lost ones of before among them.</summary>
    public IReadOnlyList<MomentName> Missing { get; init; } = [];

    /// <summary>What the host has lost since the last look.</summary>
    public IReadOnlyList<MomentName> Lost { get; init; } = [];

    /// <summary>What was lost, and is there again.</summary>
    public IReadOnlyList<MomentName> Found { get; init; } = [];

    /// <summary>Each checkpoint that cannot be relied on for a disk any more, with the disk and why, such as "monday (vda resized)".</summary>
    public IReadOnlyList<string> Invalidated { get; init; } = [];

    /// <summary>The same, of those that can be again.</summary>
    public IReadOnlyList<string> Validated { get; init; } = [];

    /// <summary>Disks that were to be looked into and could not be, by target, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unseen { get; init; } = new Dictionary<string, string>();

    /// <summary>Why nothing was learned; null where it was.</summary>
    public string? Skipped { get; init; }

    /// <summary>Why it could not be learned; null where it could.</summary>
    public string? Problem { get; init; }
}
