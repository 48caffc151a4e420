using System.Text.Json;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>A mark that a batch puts on a checkpoint.</summary>
/// <param name="To">The version of its end, if that is in the batch too.</param>
/// <param name="Value">As JSON.</param>
internal sealed record EnteredMark(MomentName Checkpoint, string Mark, long From, long? To, string Value);

/// <summary>What a batch of one domain's events does to the marks of its checkpoints.</summary>
internal sealed class MarkChanges
{
    private readonly Dictionary<(MomentName Checkpoint, string Mark), int> _open = [];

    /// <summary>Marks of before the batch that end in it, one by one, with the version that ends each.</summary>
    public Dictionary<(MomentName Checkpoint, string Mark), long> Unmarked { get; } = [];

    public List<EnteredMark> Marked { get; } = [];

    /// <summary>Checkpoints whose first end in the batch ends all marks of before it, with its version.</summary>
    public Dictionary<MomentName, long> Ended { get; } = [];

    /// <summary>A checkpoint is gone, and what was said of it with it.</summary>
    public void End(long version, MomentName checkpoint)
    {
        Ended.TryAdd(checkpoint, version);
        foreach (var open in _open.Keys.Where(open => open.Checkpoint == checkpoint).ToArray()) Unmark(version, checkpoint, open.Mark);
    }

    /// <exception cref="InvalidOperationException">It says nothing of a checkpoint.</exception>
    public void Apply(VersionedEvent at)
    {
        switch (at.Event)
        {
            case CheckpointLost e:
                Mark(at.Version, e.Name, Marks.Lost, e.Evidence);
                break;
            case CheckpointFound e:
                Unmark(at.Version, e.Name, Marks.Lost);
                break;
            case CheckpointDiskInvalidated e:
                Mark(at.Version, e.Name, Marks.Fault(e.Disk, e.Fault), new FaultSeen(e.Evidence, e.Was));
                break;
            case CheckpointDiskValidated e:
                Unmark(at.Version, e.Name, Marks.Fault(e.Disk, e.Fault));
                break;
            case CheckpointOwnerChanged e:
                if (e.From is not null) Unmark(at.Version, e.Name, Marks.Owner);
                if (e.To is { } owner) Mark(at.Version, e.Name, Marks.Owner, owner);
                break;
            default:
                throw new InvalidOperationException($"event of type {at.Event.GetType().Name} is no mark");
        }
    }

    private void Mark<T>(long version, MomentName checkpoint, string mark, T value)
    {
        _open[(checkpoint, mark)] = Marked.Count;
        Marked.Add(new EnteredMark(checkpoint, mark, version, null, JsonSerializer.Serialize(value, Wire.Options)));
    }

    private void Unmark(long version, MomentName checkpoint, string mark)
    {
        if (_open.Remove((checkpoint, mark), out var index)) Marked[index] = Marked[index] with { To = version };
        else Unmarked.TryAdd((checkpoint, mark), version);
    }
}
