using System.Globalization;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainCheckpointCreateXML without REDEFINE: a new checkpoint under the current one, with a copy of the live definition.</summary>
/// <param name="Now">Its creation time, and its name if the XML gives none (virDomainMomentDefPostParse).</param>
public sealed record Create(CreateXml Xml, CreationTime Now) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null || live is null) return NotRegistered(state.Id);
        var name = Xml.Name ?? MomentName.Trusted(Now.Seconds.ToString(CultureInfo.InvariantCulture));
        // testDomainCheckpointCreateXML aligns before it looks at the name: a bad disk wins over a name that is taken.
        return DiskAlignment.Align(Xml.Disks, live.Disks, name).Then<Decision>(disks => state.Forest.Contains(name)
            ? new Refusal(Rule.NameTaken, $"domain moment {name} already exists")
            : new Decision([new CheckpointCreated(name, Xml.Description, state.Current, Now, disks, live.Hash)], name));
    }
}
