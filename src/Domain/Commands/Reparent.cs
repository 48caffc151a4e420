namespace EventCheckpoints.Domain.Commands;

/// <summary>Hang a checkpoint under another parent, or make it a root, and change nothing else of it. The rules are those of a redefine.</summary>
public sealed record Reparent(MomentName Name, MomentName? Parent) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        if (state.Forest.Find(Name) is not { } checkpoint) return NoCheckpoint(Name);
        if (ParentRule.Check(state.Forest, Name, Parent) is { } refusal) return refusal;
        return checkpoint.Parent == Parent ? Decision.Nothing(Name) : new Decision([new CheckpointReparented(Name, Parent)], Name);
    }
}
