using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Commands;

/// <summary>What a redefine list may find in the domain.</summary>
public enum ListMode
{
    /// <summary>No checkpoint, as libvirt's authors proposed (virDomainSnapshotObjListParse, March 2019).</summary>
    Empty,

    /// <summary>Any: items are added, replace what stands under their name, or are found to be so already.</summary>
    Merge,
}

/// <summary>
/// VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_LIST, as proposed and never shipped: many checkpoints at once, in any order, all or nothing.
/// What comes out depends on the items, not on their order: they are linked by creation time, then name, parents first.
/// A domain that is not registered is registered from the <c>&lt;domain&gt;</c> around the list, if there is one.
/// </summary>
/// <param name="Register">Without one around the list, from that within its newest checkpoint, as an import of loose checkpoints wants it.</param>
public sealed record RedefineList(IReadOnlyList<ListDocument> Documents, ListMode Mode, DomainId? NameHeldBy = null, bool Register = false) : Command
{
    /// <summary>What a domain that is not registered is registered from, one that says its uuid before one that does not; null where nothing says what it is.</summary>
    public Definition? Registration =>
        Documents.Select(document => document.Domain).OfType<Definition>().OrderByDescending(domain => domain.Id is not null).FirstOrDefault() ?? (Register ? Newest() : null);

    protected override Result<Decision> Plan(DomainState state, Definition? live)
    {
        IReadOnlyList<DomainEvent> registration = [];
        // A list says whose it is; one that does not is taken as the caller's word.
        if (Documents.Select(document => document.Domain?.Id).FirstOrDefault(id => id is not null && id != state.Id) is { } other)
            return new Refusal(Rule.DomainUuidDiffers, $"the list is of domain {other}, not of {state.Id}");
        if (state.Name is null)
        {
            if (Registration is not { } domain)
                return NotRegistered(state.Id);
            if (domain.Id != state.Id)
                return new Refusal(Rule.DomainUuidDiffers, $"the list is of domain {domain.Id?.ToString() ?? "without uuid"}, not of {state.Id}");
            var defined = new Define(domain, NameHeldBy).Decide(state, null);
            if (defined.Refusal is { } refused) return refused;
            registration = defined.Value.Events;
        }

        if (Mode == ListMode.Empty && state.Forest.Count > 0)
        {
            return new Refusal(
                Rule.ListNotEmpty,
                $"bulk define of checkpoints only possible with no existing checkpoint, and domain '{state.Name}' has {state.Forest.Count}; merge adds to them");
        }

        return CurrentNamed().Then(current => ListItems.Check(Documents, state)
            .Then(items => Changes(state.After(registration), registration, items, current)));
    }

    private Result<Decision> Changes(DomainState state, IReadOnlyList<DomainEvent> registration, ListItems items, CurrentClaim current)
    {
        var events = new List<DomainEvent>(registration);
        var created = new List<MomentName>();
        var redefined = new List<MomentName>();
        var recorded = state.Recorded.ToBuilder();
        foreach (var (checkpoint, definition) in items.ParentsFirst())
        {
            if (definition is not null && recorded.Add(definition.Hash)) events.Add(new DefinitionRecorded(definition.Hash, definition.Xml));
            events.Add(Redefine.Redefined(checkpoint));
            (state.Forest.Contains(checkpoint.Name) ? redefined : created).Add(checkpoint.Name);
        }

        var after = state.After([.. events.Skip(registration.Count)]);
        if (current.Wanted(Mode, state) is { } wanted && wanted.Name != after.Current)
        {
            if (wanted.Name is { } name && !after.Forest.Contains(name))
                return new Refusal(Rule.ListCurrentNotFound, $"no checkpoint matching current='{name}'");
            events.Add(new CurrentCheckpointChanged(wanted.Name));
            after = after with { Current = wanted.Name };
        }

        return new Decision(events, null, new ListReport(created, redefined, items.Unchanged, after.Current));
    }

    private Definition? Newest() => Documents.SelectMany(document => document.Items).Where(item => item.Read.Refusal is null)
        .Select(item => item.Read.Value).Where(read => read.Definition?.Id is not null)
        .OrderBy(read => read.CreationTime.Seconds).ThenBy(read => read.Name.Value, StringComparer.Ordinal).LastOrDefault()?.Definition;

    private Result<CurrentClaim> CurrentNamed()
    {
        var lists = Documents.Where(document => document.IsList).ToArray();
        var named = lists.Select(document => document.Current).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        if (named.Length > 1)
            return new Refusal(Rule.ListInconsistent, $"the lists name different current checkpoints: '{named[0]}' and '{named[1]}'");
        if (named.Length == 0) return new CurrentClaim(lists.Length > 0, null);
        return MomentName.TryParse(named[0], out var name)
            ? new CurrentClaim(true, name)
            : new Refusal(Rule.ListCurrentNotFound, $"no checkpoint matching current='{named[0]}'");
    }

    /// <summary>What the lists say about current. Loose checkpoints say nothing: libvirt's rule for redefines holds.</summary>
    private sealed record CurrentClaim(bool Said, MomentName? Name)
    {
        /// <summary>What current has to be; null where nothing was said. A merge that names none leaves the one there was.</summary>
        public CurrentClaim? Wanted(ListMode mode, DomainState before) =>
            !Said ? null
            : Name is null && mode == ListMode.Merge ? this with { Name = before.Current }
            : this;
    }
}
