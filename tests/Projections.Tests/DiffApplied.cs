using EventCheckpoints.Domain;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>A state as text, order of siblings included, and the same after differences: put together from nothing but the drawing's own parts.</summary>
internal static class DiffApplied
{
    public static string Draw(DomainState state, IReadOnlyList<Difference>? differences = null)
    {
        var (name, definition, current) = (state.Name, state.Definition, state.Current);
        var holds = state.Holds.Select(hold => (hold.Key, hold.Value)).ToHashSet();
        var all = state.Forest.All.ToDictionary(checkpoint => checkpoint.Name);
        var children = all.Keys.ToDictionary(key => key.Value, key => state.Forest.ChildrenOf(key).Select(child => child.Name).ToList());
        children[""] = [.. state.Forest.ChildrenOf(null).Select(child => child.Name)];
        var came = new Dictionary<string, List<MomentName>>();
        foreach (var difference in differences ?? [])
        {
            switch (difference)
            {
                case NameDiffers d: name = d.After; break;
                case DefinitionDiffers d: definition = d.After; break;
                case CurrentDiffers d: current = d.After; break;
                case CheckpointMissingAfter d:
                    all.Remove(d.Checkpoint.Name);
                    children[d.Checkpoint.Parent?.Value ?? ""].Remove(d.Checkpoint.Name);
                    break;
                case CheckpointMissingBefore d:
                    all[d.Checkpoint.Name] = d.Checkpoint;
                    Come(d.Checkpoint.Name, d.Checkpoint.Parent);
                    break;
                case ParentDiffers d:
                    all[d.Name] = all[d.Name] with { Parent = d.After };
                    children[d.Before?.Value ?? ""].Remove(d.Name);
                    Come(d.Name, d.After);
                    break;
                case ContentDiffers d:
                    var was = all[d.Name];
                    all[d.Name] = was with
                    {
                        Description = d.Description is { } text ? text.After : was.Description,
                        CreationTime = d.CreationTime is { } time ? time.After : was.CreationTime,
                        Disks = d.Disks is { } disks ? disks.After : was.Disks,
                        Definition = d.Definition is { } hash ? hash.After : was.Definition,
                    };
                    break;
                case OrderDiffers d:
                    children[d.Parent?.Value ?? ""] = [.. d.After];
                    came.Remove(d.Parent?.Value ?? "");
                    break;
                case HoldMissingAfter d: Assert.True(holds.Remove((d.Hold, d.Checkpoint))); break;
                case HoldMissingBefore d: Assert.True(holds.Add((d.Hold, d.Checkpoint))); break;
                default: throw new InvalidOperationException(difference.GetType().Name);
            }
        }

        foreach (var (parent, newcomers) in came) children[parent] = [.. newcomers, .. children.GetValueOrDefault(parent, [])];
        var drawn = new List<string> { $"{name} {definition} {current} {string.Join(' ', holds.Select(hold => $"{hold.Item1}:{hold.Item2}").Order(StringComparer.Ordinal))}" };
        Add("");
        return string.Join('\n', drawn);

        void Come(MomentName child, MomentName? parent)
        {
            if (!came.TryGetValue(parent?.Value ?? "", out var newcomers)) came[parent?.Value ?? ""] = newcomers = [];
            newcomers.Add(child);
        }

        void Add(string parent)
        {
            foreach (var child in children.GetValueOrDefault(parent, []))
            {
                var c = all[child];
                drawn.Add($"{c.Name}<{c.Parent} {c.CreationTime.Seconds} {c.Description} {c.Definition} {string.Join(',', c.Disks)}");
                Add(child.Value);
            }
        }
    }
}
