using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Moments;

namespace EventCheckpoints.Domain.Commands;

/// <summary>Take note of what a look at a libvirt host showed of a domain: what the host has lost and found again, and on which disks checkpoints cannot be relied on.</summary>
public sealed record Observe(Observation Seen) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        var events = new List<DomainEvent>();
        if (state.Host != Seen.Host) events.Add(new DomainHostChanged(Seen.Host));
        var listed = Seen.Checkpoints.ToHashSet();
        foreach (var checkpoint in state.Forest.Descendants(null))
        {
            var marks = state.MarksOf(checkpoint.Name);
            if (listed.Contains(checkpoint.Name) == marks.Lost is null) continue;
            events.Add(marks.Lost is null
                ? new CheckpointLost(checkpoint.Name, $"{Seen.Host} lists {Counted(listed.Count)} of the domain, and not this one")
                : new CheckpointFound(checkpoint.Name, $"{Seen.Host} lists it"));
        }

        var faults = new FaultFinder(state, Seen);
        foreach (var checkpoint in state.Forest.Descendants(null)) events.AddRange(faults.Changes(checkpoint));
        // Last: what the disks were before is what the faults are found by.
        var disks = faults.Disks;
        if (!disks.SequenceEqual(state.HostDisks)) events.Add(new DomainDisksSeen(disks));
        return new Decision(events);
    }

    private static string Counted(int checkpoints) => checkpoints == 1 ? "1 checkpoint" : $"{checkpoints} checkpoints";
}

/// <summary>Take note that a libvirt host has a domain no more that was last seen there: with it, all of its checkpoints are lost.</summary>
public sealed record ObserveAbsent(HostName Host) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        // Seen elsewhere since, or never there.
        if (state.Host != Host) return Decision.Nothing();
        return new Decision(
        [
            .. state.Forest.Descendants(null).Where(checkpoint => state.MarksOf(checkpoint.Name).Lost is null)
                .Select(checkpoint => new CheckpointLost(checkpoint.Name, $"{Host} does not have the domain any more")),
            new DomainHostChanged(null),
        ]);
    }
}
