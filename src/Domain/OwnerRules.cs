using System.IO.Enumeration;
using EventCheckpoints.Domain.Commands;

namespace EventCheckpoints.Domain;

/// <summary>Whose checkpoints are that are called in a certain way: backup tools have names of their own, such as virtnbdbackup.0.</summary>
/// <param name="Checkpoint">A pattern of names with * and ?.</param>
public sealed record OwnerRule(string Checkpoint, Owner Owner);

/// <summary>Says of checkpoints that are new who answers for them.</summary>
/// <param name="Rules">The first that fits a name counts.</param>
public sealed record OwnerRules(IReadOnlyList<OwnerRule> Rules)
{
    public static OwnerRules None { get; } = new([]);

    /// <summary>The decision with the owners of the checkpoints that it makes; one that was there before keeps its own, or none.</summary>
    /// <param name="state">Before the decision.</param>
    /// <param name="given">Who the caller says answers for all of them; null where nothing was said.</param>
    public Decision Claim(DomainState state, Decision decision, Owner? given)
    {
        if (given is null && Rules.Count == 0) return decision;
        var claimed = decision.Events.Select(Made).OfType<MomentName>().Distinct().Where(name => !state.Forest.Contains(name))
            .Select(name => (Name: name, Owner: given ?? Rules.FirstOrDefault(rule => FileSystemName.MatchesSimpleExpression(rule.Checkpoint, name.Value, ignoreCase: false))?.Owner))
            .Where(claim => claim.Owner is not null).Select(claim => new CheckpointOwnerChanged(claim.Name, null, claim.Owner)).ToArray();
        return claimed.Length == 0 ? decision : decision with { Events = [.. decision.Events, .. claimed] };
    }

    private static MomentName? Made(DomainEvent happened) => happened switch
    {
        CheckpointCreated e => e.Name,
        CheckpointRedefined e => e.Name,
        _ => null,
    };
}
