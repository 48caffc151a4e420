namespace EventCheckpoints.Domain.Commands;

/// <summary>End a legal hold.</summary>
public sealed record ReleaseHold(HoldId Hold) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        return state.Holds.TryGetValue(Hold, out var held)
            ? new Decision([new HoldReleased(Hold, held)], held, Hold: Hold)
            : NotFound(Hold.Value);
    }

    /// <summary>No hold of this id is active, or can be.</summary>
    public static Refusal NotFound(string id) => new(Rule.HoldNotFound, $"no active legal hold with id '{id}'");
}
