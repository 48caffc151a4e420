namespace EventCheckpoints.Domain.Commands;

/// <summary>
/// What a legal hold forbids, whatever command it would follow from: a held checkpoint stays exactly as it is, and a domain with a hold stays
/// registered. Looked for in the events, so that no command can forget it.
/// </summary>
public static class HoldRule
{
    /// <summary>The refusal of what a hold forbids; null where none does.</summary>
    public static Refusal? Check(DomainState state, Decision decision)
    {
        if (state.Holds.IsEmpty) return null;
        var holds = state.Holds.OrderBy(hold => hold.Key.Value, StringComparer.Ordinal).ToLookup(hold => hold.Value, hold => hold.Key);
        // What was asked is told before what would follow from it.
        if (decision.Events.Any(happened => happened is DomainUndefined))
            return Held(state, $"domain '{state.Name}' cannot be undefined", holds.SelectMany(ids => ids).First());
        foreach (var (name, verb) in decision.Events.Select(happened => Harm(state, happened)).OfType<(MomentName Name, string Verb)>().OrderBy(harm => harm.Name != decision.Checkpoint))
        {
            HoldId[] on = [.. holds[name], .. holds[null]];
            if (on is [var hold, ..]) return Held(state, $"checkpoint '{name}' cannot be {verb}", hold);
        }

        return null;
    }

    /// <summary>The checkpoint that an event would take away or change, and how. One that is new is not held yet; the same content again is a restore.</summary>
    private static (MomentName Name, string Verb)? Harm(DomainState state, DomainEvent happened) => happened switch
    {
        CheckpointDeleted e when state.Forest.Contains(e.Name) => (e.Name, "deleted"),
        CheckpointReparented e when state.Forest.Contains(e.Name) => (e.Name, "given another parent"),
        CheckpointRedefined e when state.Forest.Find(e.Name) is { } was
            && !was.Equals(new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition)) => (e.Name, "redefined"),
        _ => null,
    };

    private static Refusal Held(DomainState state, string what, HoldId hold) => new(
        Rule.Held,
        $"{what}: legal hold '{hold}' is on {(state.Holds[hold] is { } name ? $"checkpoint '{name}'" : "the whole domain")}; "
        + $"hold-release, or over HTTP DELETE /v1/domains/{state.Id}/holds/{hold}, ends it");
}
