namespace EventCheckpoints.Domain.Commands;

/// <summary>Something asked of one domain. Pure: what the world knows (time, names taken elsewhere) is part of the command.</summary>
public abstract record Command
{
    /// <summary>What happens, or the one named refusal. No events: it is so already.</summary>
    /// <param name="state">The domain as of now.</param>
    /// <param name="live">The domain's own definition (<see cref="DomainState.Definition"/>), read; null while it is not registered.</param>
    public Result<Decision> Decide(DomainState state, Definition? live) => Plan(state, live).Then<Decision>(decision =>
        HoldRule.Check(state, decision) is { } held ? held : decision);

    /// <summary>What would happen if nothing were held.</summary>
    protected abstract Result<Decision> Plan(DomainState state, Definition? live);

    /// <summary>virsh's and libvirt's answer to a domain that is not there.</summary>
    protected static Refusal NotRegistered(DomainId id) =>
        new(Rule.DomainNotFound, $"no domain with matching uuid '{id}'");

    /// <summary>virDomainCheckpointObjFromName.</summary>
    protected static Refusal NoCheckpoint(MomentName name) =>
        new(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}'");
}

/// <summary>What a command leads to.</summary>
/// <param name="Checkpoint">The checkpoint it was about, where it was about one.</param>
/// <param name="List">What became of each item, for a redefine list.</param>
/// <param name="Hold">The legal hold it was about, where it was about one.</param>
public sealed record Decision(IReadOnlyList<DomainEvent> Events, MomentName? Checkpoint = null, ListReport? List = null, HoldId? Hold = null)
{
    /// <summary>Nothing to do: it is so already.</summary>
    public static Decision Nothing(MomentName? checkpoint = null) => new([], checkpoint);
}

/// <summary>What a redefine list does, or would do.</summary>
public sealed record ListReport(
    IReadOnlyList<MomentName> Created, IReadOnlyList<MomentName> Redefined, IReadOnlyList<MomentName> Unchanged, MomentName? Current);
