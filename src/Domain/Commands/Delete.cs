using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainCheckpointDelete. Alone: the children move to the parent.</summary>
/// <param name="Children">VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN: with all descendants.</param>
/// <param name="ChildrenOnly">VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY: the descendants only; on a leaf nothing happens.</param>
public sealed record Delete(MomentName Name, bool Children, bool ChildrenOnly) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        if (!state.Forest.Contains(Name)) return NoCheckpoint(Name);
        if (Children && ChildrenOnly)
        {
            return new Refusal(
                Rule.FlagsExclusive,
                "Flags 'VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN' and 'VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY' are mutually exclusive");
        }

        var events = new List<DomainEvent>();
        if (Children || ChildrenOnly)
            events.AddRange(state.Forest.DescendantsLeavesFirst(Name).Select(below => new CheckpointDeleted(below.Name)));
        else
            events.AddRange(ChildrenMove(state.Forest, state.Forest.Find(Name)!.Parent));
        if (!ChildrenOnly) events.Add(new CheckpointDeleted(Name));
        return new Decision(events, Name);
    }

    /// <summary>
    /// virDomainMomentMoveChildren puts the children, in their order, before the parent's others. Each reparented one goes to the head, so the
    /// oldest goes first.
    /// </summary>
    private IEnumerable<CheckpointReparented> ChildrenMove(Forest<Checkpoint> forest, MomentName? parent) =>
        forest.ChildrenOf(Name).Reverse().Select(child => new CheckpointReparented(child.Name, parent));
}
