namespace EventCheckpoints.Domain.Commands;

/// <summary>virDomainDefineXML: register a domain, or give a registered one another definition.</summary>
/// <param name="Definition">Its uuid is the stream's.</param>
/// <param name="NameHeldBy">Another domain that is registered under the definition's name.</param>
public sealed record Define(Definition Definition, DomainId? NameHeldBy) : Command
{
    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        // virDomainObjListAddObjLocked: a known uuid keeps its name; a new one needs a free name.
        if (state.Name is { } name && name != Definition.Name)
            return new Refusal(Rule.DomainUuidDiffers, $"domain '{name}' is already defined with uuid {state.Id}");
        if (NameHeldBy is { } holder && holder != state.Id)
            return new Refusal(Rule.DomainNameTaken, $"domain '{Definition.Name}' already exists with uuid {holder}");
        return new Decision(Events(state, Definition));
    }

    /// <summary>What makes <paramref name="definition"/> the domain's own; nothing if it is already.</summary>
    internal static IReadOnlyList<DomainEvent> Events(DomainState state, Definition definition)
    {
        var events = new List<DomainEvent>(3);
        if (state.Name is null) events.Add(new DomainRegistered(definition.Name));
        if (!state.Recorded.Contains(definition.Hash)) events.Add(new DefinitionRecorded(definition.Hash, definition.Xml));
        if (state.Definition != definition.Hash) events.Add(new DomainDefined(definition.Hash));
        return events;
    }
}
