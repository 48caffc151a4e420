using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainMomentCheckCycles: may a moment of this name hang under this parent?</summary>
public static class ParentRule
{
    public static Refusal? Check(Forest<Checkpoint> forest, MomentName name, MomentName? parent)
    {
        if (parent is not { } above) return null;
        if (above == name) return new Refusal(Rule.ParentIsItself, $"cannot set moment {name} as its own parent");
        if (!forest.Contains(above)) return new Refusal(Rule.ParentNotFound, $"parent {above} for moment {name} not found");

        // A name that is new has nothing below it, so no walk is needed.
        if (!forest.Contains(name) || forest.IsLeaf(name)) return null;
        for (var at = forest.Find(above)!; at.Parent is { } next; at = forest.Find(next)!)
        {
            // libvirt names the ancestor whose parent is the redefined one, not the parent that was asked for.
            if (next == name) return new Refusal(Rule.ParentWouldCycle, $"parent {at.Name} would create cycle to {name}");
        }

        return null;
    }
}
