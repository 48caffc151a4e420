using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Commands;

/// <summary>The items of a redefine list, checked each alone and all together against the forest they go into.</summary>
internal sealed class ListItems
{
    private readonly List<(Checkpoint Checkpoint, Definition? Definition)> _changes = [];
    private readonly Dictionary<MomentName, Checkpoint> _byName = [];
    private readonly List<ItemRefusal> _refused = [];

    private ListItems()
    {
    }

    /// <summary>The items that say what is so already; they make no event.</summary>
    public List<MomentName> Unchanged { get; } = [];

    /// <summary>All items good, or one refusal that names every bad one.</summary>
    public static Result<ListItems> Check(IReadOnlyList<ListDocument> documents, DomainState state)
    {
        var items = new ListItems();
        var given = documents.SelectMany(document => document.Items).ToArray();
        if (given.Length == 0) return new Refusal(Rule.ListWithoutCheckpoints, "expected at least one <domaincheckpoint> child");
        var indexes = new Dictionary<MomentName, int>();
        foreach (var item in given) items.Take(item, state, indexes);
        items.CheckParents(state, indexes);
        if (items._refused.Count == 0) return items;

        var first = items._refused.MinBy(refused => refused.Index)!;
        var text = $"{items._refused.Count} of {given.Length} checkpoints cannot be taken, so none was; the first is number {first.Index + 1}"
            + $"{(first.Name is null ? "" : $", '{first.Name}'")}: {first.Refusal.Message}";
        return new Refusal(Rule.ListInconsistent, text, first.Refusal.At, [.. items._refused.OrderBy(refused => refused.Index)]);
    }

    /// <summary>
    /// The changes, each after its parent, else by creation time and then name. Any such order ends in the same forest, and no step on the
    /// way makes a cycle, since all that is above an item is in its final place before it.
    /// </summary>
    public IEnumerable<(Checkpoint Checkpoint, Definition? Definition)> ParentsFirst()
    {
        var changes = _changes.ToDictionary(change => change.Checkpoint.Name);
        var path = new Stack<(Checkpoint Checkpoint, Definition? Definition)>();
        foreach (var start in _changes.OrderBy(change => change.Checkpoint, ByCreation.Order))
        {
            for (MomentName? at = start.Checkpoint.Name; at is { } name && changes.Remove(name, out var change); at = change.Checkpoint.Parent)
                path.Push(change);
            while (path.TryPop(out var next)) yield return next;
        }
    }

    private void Take(ListItem item, DomainState state, Dictionary<MomentName, int> indexes)
    {
        var read = item.Read.Then(xml => Redefine.CheckpointOf(xml, state.Id));
        if (read.Refusal is { } refusal)
        {
            _refused.Add(new ItemRefusal(item.Index, item.Name, refusal));
            // Its children are not to be blamed for a parent that could not be taken.
            if (MomentName.TryParse(item.Name, out var known)) indexes.TryAdd(known, item.Index);
            return;
        }

        var checkpoint = read.Value;
        if (!indexes.TryAdd(checkpoint.Name, item.Index))
        {
            _refused.Add(new ItemRefusal(item.Index, item.Name, new Refusal(Rule.NameTaken, $"unexpected domain checkpoint {checkpoint.Name} already exists")));
            return;
        }

        _byName.Add(checkpoint.Name, checkpoint);
        if (checkpoint.Equals(state.Forest.Find(checkpoint.Name))) Unchanged.Add(checkpoint.Name);
        else _changes.Add((checkpoint, item.Read.Value.Definition));
    }

    /// <summary>Every parent is there, in the list or before it, and none is its own ancestor (virDomainMomentObjListUpdateRelations).</summary>
    private void CheckParents(DomainState state, Dictionary<MomentName, int> indexes)
    {
        var sound = new HashSet<MomentName>();
        foreach (var checkpoint in _byName.Values)
        {
            var path = new List<MomentName>();
            var onPath = new HashSet<MomentName>();
            for (MomentName? at = checkpoint.Name; at is { } name && !sound.Contains(name);)
            {
                if (!onPath.Add(name))
                {
                    RefuseCycle(path[path.IndexOf(name)..], indexes);
                    break;
                }

                path.Add(name);
                at = _byName.TryGetValue(name, out var item) ? item.Parent : state.Forest.Find(name)?.Parent;
            }

            sound.UnionWith(path);
            if (checkpoint.Parent is { } parent && !indexes.ContainsKey(parent) && !state.Forest.Contains(parent))
                Refuse(checkpoint.Name, new Refusal(Rule.ParentNotFound, $"parent {parent} for moment {checkpoint.Name} not found"), indexes);
        }
    }

    private void RefuseCycle(List<MomentName> cycle, Dictionary<MomentName, int> indexes)
    {
        foreach (var name in cycle.Where(_byName.ContainsKey))
        {
            var parent = _byName[name].Parent!.Value;
            Refuse(
                name,
                parent == name
                    ? new Refusal(Rule.ParentIsItself, $"cannot set moment {name} as its own parent")
                    : new Refusal(Rule.ParentWouldCycle, $"parent {parent} would create cycle to {name}"),
                indexes);
        }
    }

    private void Refuse(MomentName name, Refusal refusal, Dictionary<MomentName, int> indexes) =>
        _refused.Add(new ItemRefusal(indexes[name], name.Value, refusal));
}
