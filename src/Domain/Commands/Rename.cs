using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainRename: another name, in the definition too. The checkpoints stay; libvirt itself loses them at the daemon's next start.</summary>
/// <param name="NameHeldBy">Another domain that is registered under the new name.</param>
public sealed record Rename(DomainName NewName, DomainId? NameHeldBy) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        if (state.Name is null || live is null) return NotRegistered(state.Id);
        if (state.Name == NewName) return new Refusal(Rule.DomainNameUnchanged, "Can't rename domain to itself");
        if (NameHeldBy is { } holder && holder != state.Id)
            return new Refusal(Rule.RenameTaken, $"domain with name '{NewName}' already exists");
        return DefinitionReader.Read(DefinitionText.WithName(live.Xml, NewName)).Then<Decision>(renamed =>
            new Decision([new DomainRenamed(NewName), .. Define.Events(state with { Name = NewName }, renamed)]));
    }
}
