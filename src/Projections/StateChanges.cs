using System.Text.Json;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>What a batch of one domain's events does to the rows.</summary>
internal sealed class StateChanges
{
    private readonly Dictionary<MomentName, int> _open = [];
    private readonly Dictionary<MomentName, (long Began, bool IsNew)> _lives = [];
    private readonly HashSet<MomentName> _ended = [];
    private readonly Dictionary<MomentName, MomentName?> _parents;

    private readonly Dictionary<HoldId, int> _placed = [];

    private StateChanges(PriorState prior)
    {
        _parents = new Dictionary<MomentName, MomentName?>(prior.Parents);
        Current = prior.Current;
    }

    /// <summary>Rows of before the batch that end in it, with the version that ends each.</summary>
    public Dictionary<MomentName, long> Closed { get; } = [];

    public List<EnteredState> Entered { get; } = [];

    public List<DefinitionRecorded> Definitions { get; } = [];

    /// <summary>Holds of before the batch that are released in it, with the version of the release.</summary>
    public Dictionary<HoldId, long> Released { get; } = [];

    public List<PlacedHold> Placed { get; } = [];

    public MarkChanges Marking { get; } = new();

    /// <summary>One for each transaction; a batch that is being appended is one.</summary>
    public List<EnteredDomainState> Domain { get; } = [];

    /// <summary>Each change of the domain's name, definition and current checkpoint, as table domain_values keeps it.</summary>
    public List<(string Field, long From, string? Value)> Values { get; } = [];

    /// <summary>Null where the batch leaves it.</summary>
    public DomainName? Name { get; private set; }

    /// <summary>Whether the batch says what the domain's own definition is; an undefine says that there is none.</summary>
    public bool DefinitionSaid { get; private set; }

    public DefinitionHash? Definition { get; private set; }

    /// <summary>Null where the batch leaves it.</summary>
    public bool? Registered { get; private set; }

    /// <summary>When the registration in the batch was recorded; null while it is being appended.</summary>
    public DateTimeOffset? RegisteredAt { get; private set; }

    /// <summary>Whether the batch says what is current.</summary>
    public bool CurrentSaid { get; private set; }

    public MomentName? Current { get; private set; }

    /// <summary>The version before the batch; 0 where the batch begins the stream, so that the domain has no row yet.</summary>
    public long Before { get; private init; }

    public long Version { get; private set; }

    public DateTimeOffset? Recorded { get; private set; }

    private DateTimeOffset? Occurred { get; set; }

    /// <exception cref="InvalidOperationException">An event that this version of the software does not know.</exception>
    public static StateChanges Of(IReadOnlyList<VersionedEvent> batch, PriorState prior)
    {
        var changes = new StateChanges(prior) { Before = batch[0].Version - 1 };
        foreach (var e in batch)
        {
            if (e != batch[0] && (e.Recorded, e.Occurred) != (changes.Recorded, changes.Occurred)) changes.EndTransaction();
            changes.Apply(e);
        }

        changes.EndTransaction();
        return changes;
    }

    private void EndTransaction() =>
        Domain.Add(new EnteredDomainState(Version, Name, Registered, DefinitionSaid, Definition, CurrentSaid, Current, Recorded, Occurred));

    private void Apply(VersionedEvent at)
    {
        (Version, Recorded, Occurred) = (at.Version, at.Recorded, at.Occurred);
        switch (at.Event)
        {
            case DomainRegistered e:
                (Name, Registered, RegisteredAt) = (e.Name, true, at.Recorded);
                Values.Add(("name", at.Version, e.Name.Value));
                break;
            case DomainRenamed e:
                Name = e.Name;
                Values.Add(("name", at.Version, e.Name.Value));
                break;
            case DomainUndefined:
                Registered = false;
                (Definition, DefinitionSaid) = (null, true);
                Values.Add(("name", at.Version, null));
                Values.Add(("definition", at.Version, null));
                Values.Add(("host", at.Version, null));
                Values.Add(("hostDisks", at.Version, null));
                break;
            case DefinitionRecorded e:
                Definitions.Add(e);
                break;
            case DomainDefined e:
                (Definition, DefinitionSaid) = (e.Definition, true);
                Values.Add(("definition", at.Version, e.Definition.Value));
                break;
            case CheckpointCreated e:
                Enter(at, e.Name, e.Parent, new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition));
                SetCurrent(e.Name);
                break;
            case CheckpointRedefined e:
                Leave(at.Version, e.Name);
                Enter(at, e.Name, e.Parent, new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition));
                if (CurrentRule.RedefineMoves(Current, e.Parent)) SetCurrent(e.Name);
                break;
            case CheckpointReparented e:
                var before = _open.TryGetValue(e.Name, out var index) ? Entered[index].Content : null;
                Leave(at.Version, e.Name);
                Enter(at, e.Name, e.Parent, before is null ? null : before with { Parent = e.Parent });
                break;
            case CheckpointDeleted e:
                if (Current == e.Name) SetCurrent(_parents[e.Name]);
                Leave(at.Version, e.Name);
                _lives.Remove(e.Name);
                _ended.Add(e.Name);
                Marking.End(at.Version, e.Name);
                break;
            case CurrentCheckpointChanged e:
                SetCurrent(e.Name);
                break;
            case HoldPlaced e:
                _placed[e.Hold] = Placed.Count;
                Placed.Add(new PlacedHold(e.Hold, e.Name, at.Version, null, at.Recorded));
                break;
            case HoldReleased e:
                if (_placed.Remove(e.Hold, out var placed)) Placed[placed] = Placed[placed] with { To = at.Version };
                else Released.Add(e.Hold, at.Version);
                break;
            case DomainHostChanged e:
                Values.Add(("host", at.Version, e.Host?.Value));
                break;
            case DomainDisksSeen e:
                Values.Add(("hostDisks", at.Version, JsonSerializer.Serialize(e.Disks, Wire.Options)));
                break;
            case CheckpointLost or CheckpointFound or CheckpointDiskInvalidated or CheckpointDiskValidated or CheckpointOwnerChanged:
                Marking.Apply(at);
                break;
            default:
                throw new InvalidOperationException($"event of unknown type {at.Event.GetType().Name}");
        }
    }

    private void SetCurrent(MomentName? name)
    {
        (Current, CurrentSaid) = (name, true);
        Values.Add(("current", Version, name?.Value));
    }

    private void Enter(VersionedEvent at, MomentName name, MomentName? parent, Checkpoint? content)
    {
        _open[name] = Entered.Count;
        _parents[name] = parent;
        // A life that began before the batch is told by the row that this one goes on from.
        if (!_lives.TryGetValue(name, out var life)) _lives[name] = life = (at.Version, at.Event is CheckpointCreated || _ended.Contains(name));
        Entered.Add(new EnteredState(name, at.Version, null, parent, content, at.Recorded, life.Began, life.IsNew));
    }

    private void Leave(long version, MomentName name)
    {
        if (_open.Remove(name, out var index)) Entered[index] = Entered[index] with { To = version };
        else Closed.TryAdd(name, version);
    }
}
