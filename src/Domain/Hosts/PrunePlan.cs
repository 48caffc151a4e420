using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain.Hosts;

/// <summary>What is to be kept whatever else holds.</summary>
/// <param name="Keep">So many of the newest.</param>
/// <param name="Before">Those made at this time or later; null: whenever.</param>
/// <param name="Owner">Whose may go, beside nobody's; null: only nobody's.</param>
public sealed record PruneWish(int Keep, CreationTime? Before, Owner? Owner);

/// <summary>A checkpoint that stays, and why.</summary>
public sealed record PruneStay(MomentName Name, string Why);

/// <summary>
/// Which checkpoints of a domain may go, so that from every one that stays an incremental backup is still possible: of a forest only the oldest end goes, one after another. libvirt
/// merges no bitmaps then; in the middle it would have to, in disks that nobody here can look into.
/// </summary>
/// <param name="Go">In the order they may be deleted: oldest first.</param>
/// <param name="Stay">Of the others, oldest first, those that are of an age to go, each with what keeps it.</param>
public sealed record PrunePlan(IReadOnlyList<MomentName> Go, IReadOnlyList<PruneStay> Stay)
{
    public static PrunePlan Of(DomainState state, PruneWish wish)
    {
        var oldestFirst = state.Forest.Descendants(null, ByCreation.Order).Select((checkpoint, place) => (checkpoint, place))
            .OrderBy(one => one.checkpoint.CreationTime.Seconds).ThenBy(one => one.place).Select(one => one.checkpoint).ToArray();
        var (go, stay, after) = (new List<MomentName>(), new List<PruneStay>(), state);
        foreach (var checkpoint in oldestFirst.Take(Math.Max(0, oldestFirst.Length - wish.Keep)).Where(one => wish.Before is not { } before || one.CreationTime < before))
        {
            if (Reason(after, checkpoint, wish) is { } why)
            {
                stay.Add(new PruneStay(checkpoint.Name, why));
                continue;
            }

            var deleted = new Delete(checkpoint.Name, false, false).Decide(after, null);
            if (deleted.Refusal is { } refusal)
            {
                stay.Add(new PruneStay(checkpoint.Name, refusal.Text));
                continue;
            }

            after = after.After(deleted.Value.Events);
            go.Add(checkpoint.Name);
        }

        return new PrunePlan(go, stay);
    }

    private static string? Reason(DomainState state, Checkpoint checkpoint, PruneWish wish)
    {
        var name = checkpoint.Name;
        if (state.Current == name) return "it is current: the next checkpoint is made under it";
        if (state.HoldsOn(name) is [var hold, ..]) return $"legal hold '{hold}' keeps it";
        var marks = state.MarksOf(name);
        if (marks.Owner is { } owner && owner != wish.Owner) return $"{owner} answers for it";
        foreach (var ((disk, fault), seen) in marks.Faults)
            if (fault is DiskFault.Moved or DiskFault.Replaced) return $"to delete it would touch a disk that is not its own: {seen.Evidence}";
        // Its place now, behind what has gone already.
        if (state.Forest.Find(name)!.Parent is { } parent) return $"it comes after {parent}, which stays";
        var children = state.Forest.ChildrenOf(name).ToArray();
        // Which would become a root.
        if (children.FirstOrDefault(child => state.HoldsOn(child.Name).Count > 0) is { } held) return $"legal hold '{state.HoldsOn(held.Name)[0]}' keeps {held.Name} under it";
        return children.Length > 1 ? $"{children.Length} branches begin with it" : null;
    }
}
