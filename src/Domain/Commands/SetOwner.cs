namespace EventCheckpoints.Domain.Commands;

/// <summary>Say who answers for a checkpoint: a backup tool or a person. libvirt has nothing of the kind.</summary>
/// <param name="Owner">Null for nobody.</param>
public sealed record SetOwner(MomentName Checkpoint, Owner? Owner) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        if (!state.Forest.Contains(Checkpoint)) return NoCheckpoint(Checkpoint);
        var owner = state.MarksOf(Checkpoint).Owner;
        return owner == Owner ? Decision.Nothing(Checkpoint) : new Decision([new CheckpointOwnerChanged(Checkpoint, owner, Owner)], Checkpoint);
    }
}
