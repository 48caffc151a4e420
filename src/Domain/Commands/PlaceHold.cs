namespace EventCheckpoints.Domain.Commands;

/// <summary>Keep a checkpoint as it is until the hold is released: <see cref="HoldRule"/> says from what. libvirt has nothing of the kind.</summary>
/// <param name="Checkpoint">Null for all of the domain's, those that are still to come too, and for the domain's registration.</param>
public sealed record PlaceHold(HoldId Hold, MomentName? Checkpoint) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        if (Checkpoint is { } name && !state.Forest.Contains(name)) return NoCheckpoint(name);
        if (!state.Holds.TryGetValue(Hold, out var held)) return new Decision([new HoldPlaced(Hold, Checkpoint)], Checkpoint, Hold: Hold);
        return held == Checkpoint
            ? new Decision([], Checkpoint, Hold: Hold)
            : new Refusal(Rule.HoldIdTaken, $"legal hold '{Hold}' is on {(held is { } other ? $"checkpoint '{other}'" : "the whole domain")} already; give another id");
    }
}
