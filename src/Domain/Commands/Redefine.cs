using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainCheckpointCreateXML with REDEFINE: metadata is put (back), new or in place of what stands under the name.</summary>
public sealed record Redefine(RedefineXml Xml) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null) return NotRegistered(state.Id);
        if (ParentRule.Check(state.Forest, Xml.Name, Xml.Parent) is { } refusal) return refusal;
        return CheckpointOf(Xml, state.Id).Then<Decision>(checkpoint =>
            IsSo(state, checkpoint) ? Decision.Nothing(Xml.Name) : new Decision(Events(state, checkpoint), Xml.Name));
    }

    /// <summary>
    /// The checkpoint that the XML means (virDomainCheckpointRedefinePrep): with a <c>&lt;domain&gt;</c> its uuid must be the domain's and the
    /// disks are aligned to it; without one they are kept as listed.
    /// </summary>
    internal static Result<Checkpoint> CheckpointOf(RedefineXml xml, DomainId domain)
    {
        if (xml.Definition is { } definition && definition.Id != domain)
            return new Refusal(Rule.DefinitionUuidDiffers, $"definition for checkpoint {xml.Name} must use uuid {domain}");
        Result<IReadOnlyList<CheckpointDisk>> disks = xml.Definition is { } given
            ? DiskAlignment.Align(xml.Disks, given.Disks, xml.Name)
            : new Result<IReadOnlyList<CheckpointDisk>>(DiskAlignment.AsListed(xml.Disks, xml.Name));
        return disks.Then<Checkpoint>(aligned =>
            new Checkpoint(xml.Name, xml.Description, xml.Parent, xml.CreationTime, aligned, xml.Definition?.Hash));
    }

    /// <summary>A redefine also makes the checkpoint the newest of its siblings and may move current: only where all that is so already does nothing happen.</summary>
    private static bool IsSo(DomainState state, Checkpoint checkpoint) =>
        checkpoint.Equals(state.Forest.Find(checkpoint.Name))
        && state.Forest.FirstChild(checkpoint.Parent) == checkpoint
        && (state.Current == checkpoint.Name || !CurrentRule.RedefineMoves(state.Current, checkpoint.Parent));

    private List<DomainEvent> Events(DomainState state, Checkpoint checkpoint)
    {
        var events = new List<DomainEvent>(2);
        if (Xml.Definition is { } definition && !state.Recorded.Contains(definition.Hash))
            events.Add(new DefinitionRecorded(definition.Hash, definition.Xml));
        events.Add(Redefined(checkpoint));
        return events;
    }

    internal static CheckpointRedefined Redefined(Checkpoint c) => new(c.Name, c.Description, c.Parent, c.CreationTime, c.Disks, c.Definition);
}
