using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain;

/// <summary>In what two states of a domain differ. Whoever has the earlier one and the differences has the later one, order of siblings included.</summary>
public static class DomainDiff
{
    /// <summary>
    /// The differences: the domain's own first, then checkpoints that are gone, children before parents; then the others, parents first and
    /// siblings newest first, in the order of the later state; then what is current, and which holds. Empty where both are the same.
    /// </summary>
    public static IReadOnlyList<Difference> Of(DomainState before, DomainState after)
    {
        var found = new List<Difference>();
        if (before.Name != after.Name) found.Add(new NameDiffers(before.Name, after.Name));
        if (before.Definition != after.Definition) found.Add(new DefinitionDiffers(before.Definition, after.Definition));
        foreach (var checkpoint in before.Forest.DescendantsLeavesFirst(null))
        {
            if (!after.Forest.Contains(checkpoint.Name)) found.Add(new CheckpointMissingAfter(checkpoint));
        }

        foreach (var checkpoint in after.Forest.Descendants(null)) found.AddRange(OfCheckpoint(before.Forest.Find(checkpoint.Name), checkpoint));
        foreach (var parent in after.Forest.Descendants(null).Select(checkpoint => (MomentName?)checkpoint.Name).Prepend(null))
        {
            if (OfOrder(before.Forest, after.Forest, parent) is { } order) found.Add(order);
        }

        if (before.Current != after.Current) found.Add(new CurrentDiffers(before.Current, after.Current));
        found.AddRange(before.Holds.Except(after.Holds).OrderBy(Id, StringComparer.Ordinal).Select(hold => new HoldMissingAfter(hold.Key, hold.Value)));
        found.AddRange(after.Holds.Except(before.Holds).OrderBy(Id, StringComparer.Ordinal).Select(hold => new HoldMissingBefore(hold.Key, hold.Value)));
        return found;
    }

    private static string Id(KeyValuePair<HoldId, MomentName?> hold) => hold.Key.Value;

    private static IEnumerable<Difference> OfCheckpoint(Checkpoint? before, Checkpoint after)
    {
        if (before is null)
        {
            yield return new CheckpointMissingBefore(after);
            yield break;
        }

        if (before.Parent != after.Parent) yield return new ParentDiffers(after.Name, before.Parent, after.Parent);
        if (before == after with { Parent = before.Parent }) yield break;
        yield return new ContentDiffers(after.Name)
        {
            Description = Changed(before.Description, after.Description),
            CreationTime = Changed(before.CreationTime, after.CreationTime),
            Disks = before.Disks.SequenceEqual(after.Disks) ? null : new Change<IReadOnlyList<CheckpointDisk>>(before.Disks, after.Disks),
            Definition = Changed(before.Definition, after.Definition),
        };
    }

    private static OrderDiffers? OfOrder(Forest<Checkpoint> before, Forest<Checkpoint> after, MomentName? parent)
    {
        var now = after.ChildrenOf(parent).Select(child => child.Name).ToArray();
        if (now.Length < 2) return null;
        var (stayed, came) = (new List<MomentName>(), new List<MomentName>());
        foreach (var name in now) (before.Find(name) is { } known && known.Parent == parent ? stayed : came).Add(name);
        var ofBefore = stayed.Count < 2 ? stayed : [.. before.ChildrenOf(parent).Select(child => child.Name).Where(stayed.ToHashSet().Contains)];
        return now.SequenceEqual(came.Concat(ofBefore)) ? null : new OrderDiffers(parent, now);
    }

    private static Change<T>? Changed<T>(T before, T after) => EqualityComparer<T>.Default.Equals(before, after) ? null : new Change<T>(before, after);
}
