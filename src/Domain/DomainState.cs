using System.Collections.Immutable;
using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain;

/// <summary>All that a decision needs to know of one domain, folded from its stream.</summary>
/// <param name="Version">How many events the stream has; 0 for a domain never heard of.</param>
/// <param name="Name">Null while the domain is not registered.</param>
/// <param name="Definition">The domain's own definition now.</param>
/// <param name="Recorded">The definitions whose text the stream holds already.</param>
/// <param name="Current">The checkpoint that the next create becomes a child of; as libvirt keeps it in memory.</param>
public sealed record DomainState(
    DomainId Id,
    long Version,
    DomainName? Name,
    DefinitionHash? Definition,
    ImmutableHashSet<DefinitionHash> Recorded,
    Forest<Checkpoint> Forest,
    MomentName? Current)
{
    /// <summary>The active legal holds, each with the checkpoint that it holds; null is the whole domain.</summary>
    public ImmutableDictionary<HoldId, MomentName?> Holds { get; init; } = ImmutableDictionary<HoldId, MomentName?>.Empty;

    /// <summary>The libvirt host that the domain was last seen on; null where none was, or that one has it no longer.</summary>
    public HostName? Host { get; init; }

    /// <summary>The disks as they were last seen there.</summary>
    public IReadOnlyList<HostDisk> HostDisks { get; init; } = [];

    /// <summary>What is said of checkpoints beside what they are; one of which nothing is said has none.</summary>
    public ImmutableDictionary<MomentName, CheckpointMarks> Marks { get; init; } = ImmutableDictionary<MomentName, CheckpointMarks>.Empty;

    /// <summary>What is said of a checkpoint, which may be nothing.</summary>
    public CheckpointMarks MarksOf(MomentName checkpoint) => Marks.GetValueOrDefault(checkpoint, CheckpointMarks.None);

    public static DomainState Unknown(DomainId id) => new(id, 0, null, null, [], Forest<Checkpoint>.Empty, null);

    /// <summary>The holds that keep a checkpoint as it is, those on the whole domain among them; by id.</summary>
    public IReadOnlyList<HoldId> HoldsOn(MomentName checkpoint) =>
        [.. Holds.Where(hold => hold.Value is null || hold.Value == checkpoint).Select(hold => hold.Key).OrderBy(id => id.Value, StringComparer.Ordinal)];

    /// <summary>The state after these events. No rule is checked: what happened, happened.</summary>
    /// <exception cref="InvalidOperationException">An event that this version of the software does not know.</exception>
    public DomainState After(IReadOnlyCollection<DomainEvent> events)
    {
        if (events.Count == 0) return this;
        var (name, definition, current) = (Name, Definition, Current);
        var recorded = Recorded.ToBuilder();
        var forest = Forest.Edit();
        var holds = Holds;
        var (host, disks) = (Host, HostDisks);
        var marks = Marks.ToBuilder();
        void Mark(MomentName checkpoint, Func<CheckpointMarks, CheckpointMarks> change)
        {
            var changed = change(marks.GetValueOrDefault(checkpoint, CheckpointMarks.None));
            if (changed.IsNone) marks.Remove(checkpoint);
            else marks[checkpoint] = changed;
        }

        foreach (var happened in events)
        {
            switch (happened)
            {
                case DomainRegistered e:
                    name = e.Name;
                    break;
                case DefinitionRecorded e:
                    recorded.Add(e.Hash);
                    break;
                case DomainDefined e:
                    definition = e.Definition;
                    break;
                case DomainRenamed e:
                    name = e.Name;
                    break;
                case CheckpointCreated e:
                    forest.Link(new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition));
                    current = e.Name;
                    break;
                case CheckpointRedefined e:
                    forest.Link(new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition));
                    if (CurrentRule.RedefineMoves(current, e.Parent)) current = e.Name;
                    break;
                case CheckpointReparented e:
                    forest.Link(forest.Get(e.Name) with { Parent = e.Parent });
                    break;
                case CheckpointDeleted e:
                    if (current == e.Name) current = forest.Get(e.Name).Parent;
                    forest.RemoveLeaf(e.Name);
                    marks.Remove(e.Name);
                    break;
                case CurrentCheckpointChanged e:
                    current = e.Name;
                    break;
                case HoldPlaced e:
                    holds = holds.SetItem(e.Hold, e.Name);
                    break;
                case HoldReleased e:
                    holds = holds.Remove(e.Hold);
                    break;
                case DomainHostChanged e:
                    host = e.Host;
                    break;
                case DomainDisksSeen e:
                    disks = e.Disks;
                    break;
                case CheckpointLost e:
                    Mark(e.Name, was => was with { Lost = e.Evidence });
                    break;
                case CheckpointFound e:
                    Mark(e.Name, was => was with { Lost = null });
                    break;
                case CheckpointDiskInvalidated e:
                    Mark(e.Name, was => was.With(e.Disk, e.Fault, new FaultSeen(e.Evidence, e.Was)));
                    break;
                case CheckpointDiskValidated e:
                    Mark(e.Name, was => was.Without(e.Disk, e.Fault));
                    break;
                case CheckpointOwnerChanged e:
                    Mark(e.Name, was => was with { Owner = e.To });
                    break;
                case DomainUndefined:
                    (name, definition, host, disks) = (null, null, null, []);
                    break;
                default:
                    throw new InvalidOperationException($"the stream of domain {Id} holds an event of unknown type {happened.GetType().Name}");
            }
        }

        return new DomainState(Id, Version + events.Count, name, definition, recorded.ToImmutable(), forest.ToForest(), current)
        {
            Holds = holds,
            Host = host,
            HostDisks = disks,
            Marks = marks.ToImmutable(),
        };
    }
}

/// <summary>libvirt's rule for which checkpoint is current after a redefine; a create always becomes current, a delete hands it to the parent.</summary>
public static class CurrentRule
{
    /// <summary>virDomainCheckpointRedefinePrep: there is no current one, or the redefined one's parent is it.</summary>
    public static bool RedefineMoves(MomentName? current, MomentName? parent) => current is null || parent == current;
}
