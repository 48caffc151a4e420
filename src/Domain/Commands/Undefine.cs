using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainUndefineFlags: the domain is no longer registered; its history stays.</summary>
/// <param name="CheckpointsMetadata">VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA: drop the checkpoints too, instead of refusing because of them.</param>
public sealed record Undefine(bool CheckpointsMetadata) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        if (state.Forest.Count > 0 && !CheckpointsMetadata)
            return new Refusal(Rule.DomainHasCheckpoints, $"cannot delete inactive domain with {state.Forest.Count} checkpoints");
        return new Decision(
        [
            .. state.Forest.DescendantsLeavesFirst(null).Select(checkpoint => new CheckpointDeleted(checkpoint.Name)),
            new DomainUndefined(),
        ]);
    }
}
