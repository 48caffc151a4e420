using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using Xunit;
using static EventCheckpoints.Domain.Tests.Drawn;

namespace EventCheckpoints.Domain.Tests;

/// <summary>Given a domain, when a command comes, then the domain is so, or the one rule refuses and libvirt's sentence says why.</summary>
public sealed class CommandTests
{
    [Theory]
    // create: under the current one, and current then
    [InlineData("", "create n", "n *n")]
    [InlineData("A *A", "create n", "A(n) *n")]
    [InlineData("A(C B) *A", "create n", "A(n C B) *n")]
    [InlineData("A(C B)", "create n", "n A(C B) *n")]
    // redefine: current if none was, or if the parent was
    [InlineData("", "redefine A", "A *A")]
    [InlineData("A *A", "redefine B A", "A(B) *B")]
    [InlineData("A(B) *B", "redefine C A", "A(C B) *B")]
    [InlineData("A(C B) *A", "redefine B A", "A(B C) *B")]
    [InlineData("A(C B) *B", "redefine B", "B A(C) *B")]
    [InlineData("A(B(D C)) F *F", "redefine B F", "A F(B(D C)) *B")]
    [InlineData("A(B) *A", "redefine A", "A(B) *A")]
    // delete alone: the children, in their order, before the parent's others; current goes up
    [InlineData("R(k2 m(m3 m2 m1) k1) *m2", "delete m", "R(m3 m2 m1 k2 k1) *m2")]
    [InlineData("A(B(C)) *C", "delete C", "A(B) *B")]
    [InlineData("A(B C) *A", "delete A", "B C")]
    [InlineData("A *A", "delete A", "")]
    // delete with descendants, or only those
    [InlineData("A(B(D C) E) *D", "delete B children", "A(E) *A")]
    [InlineData("A(B(D C) E) *D", "delete B children-only", "A(B E) *B")]
    [InlineData("A(B(D C) E) *E", "delete B children", "A(E) *E")]
    [InlineData("A(B)", "delete B children-only", "A(B)")]
    [InlineData("A(B(C)) F *C", "delete A children", "F")]
    // reparent
    [InlineData("A(C B) *C", "reparent B C", "A(C(B)) *C")]
    [InlineData("A(C B) *C", "reparent B", "B A(C) *C")]
    public void Changes(string given, string when, string then)
    {
        var before = State(given);
        var decided = Command(when).Decide(before, Live);
        Assert.Null(decided.Refusal);
        Assert.Equal(then, Draw(before.After(decided.Value.Events)));
    }

    [Theory]
    [InlineData("A *A", "create A", Rule.NameTaken, "operation failed: domain moment A already exists")]
    [InlineData("A", "redefine B B", Rule.ParentIsItself, "invalid argument: cannot set moment B as its own parent")]
    [InlineData("A", "redefine B X", Rule.ParentNotFound, "invalid argument: parent X for moment B not found")]
    [InlineData("A(B(C(D)))", "redefine A D", Rule.ParentWouldCycle, "invalid argument: parent B would create cycle to A")]
    [InlineData("A(B)", "redefine A B", Rule.ParentWouldCycle, "invalid argument: parent B would create cycle to A")]
    [InlineData("A(B)", "reparent A B", Rule.ParentWouldCycle, "invalid argument: parent B would create cycle to A")]
    [InlineData("A", "reparent X A", Rule.CheckpointNotFound, "Domain checkpoint not found: no domain checkpoint with matching name 'X'")]
    [InlineData("A", "delete X", Rule.CheckpointNotFound, "Domain checkpoint not found: no domain checkpoint with matching name 'X'")]
    [InlineData("A", "delete A children children-only", Rule.FlagsExclusive,
        "Flags 'VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN' and 'VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY' are mutually exclusive")]
    [InlineData("A B", "undefine", Rule.DomainHasCheckpoints, "Requested operation is not valid: cannot delete inactive domain with 2 checkpoints")]
    public void Refuses(string given, string when, Rule rule, string message)
    {
        var refusal = Command(when).Decide(State(given), Live).Refusal;
        Assert.Equal((rule, message), (refusal?.Rule, refusal?.Message));
    }

    [Fact]
    public void Every_command_but_define_and_a_list_with_a_domain_needs_a_registered_domain()
    {
        Command[] commands = [Command("create n"), Command("redefine n"), Command("delete n"), Command("reparent n"), Command("undefine"), new Rename(Live.Name, null),
            new RedefineList([new ListDocument(null, false, null, [new ListItem(0, "n", Item("n", null))])], ListMode.Merge)];
        Assert.All(commands, command => Assert.Equal(Rule.DomainNotFound, command.Decide(DomainState.Unknown(Id), null).Refusal?.Rule));
    }

    [Fact]
    public void A_redefine_with_another_domains_definition_is_refused()
    {
        var other = Definition(new DomainId(Guid.NewGuid()), "one", "vda");
        var refusal = new Redefine(Item("A", null, definition: other)).Decide(State(""), Live).Refusal;
        Assert.Equal((Rule.DefinitionUuidDiffers, $"definition for checkpoint A must use uuid {Id}"), (refusal?.Rule, refusal?.Message));
    }

    [Fact]
    public void A_missing_parent_wins_over_a_wrong_uuid()
    {
        var other = Definition(null, "one", "vda");
        Assert.Equal(Rule.ParentNotFound, new Redefine(Item("A", "X", definition: other)).Decide(State(""), Live).Refusal?.Rule);
    }

    [Fact]
    public void A_definition_is_recorded_once()
    {
        var older = Definition(Id, "one", "vda");
        var state = State("");
        foreach (var name in new[] { "A", "B" }) state = state.After(new Redefine(Item(name, null, definition: older)).Decide(state, Live).Value.Events);
        Assert.Equal(2, state.Recorded.Count);
        Assert.Equal(older.Hash, state.Forest.Find(Name("B"))?.Definition);
    }

    [Theory]
    [InlineData("A(B) *B", "redefine B A")]
    [InlineData("A(B) *B", "reparent B A")]
    [InlineData("A(B) *B", "delete B children-only")]
    public void What_is_so_already_makes_no_event(string given, string when) =>
        Assert.Empty(Command(when).Decide(State(given), Live).Value.Events);

    [Fact]
    public void Define_keeps_the_name_and_takes_it_from_nobody()
    {
        var renamed = new Define(Definition(Id, "two", "vda"), null).Decide(State(""), Live).Refusal;
        Assert.Equal((Rule.DomainUuidDiffers, $"operation failed: domain 'one' is already defined with uuid {Id}"), (renamed?.Rule, renamed?.Message));
        var holder = new DomainId(Guid.NewGuid());
        var taken = new Define(Live, holder).Decide(DomainState.Unknown(Id), null).Refusal;
        Assert.Equal((Rule.DomainNameTaken, $"operation failed: domain 'one' already exists with uuid {holder}"), (taken?.Rule, taken?.Message));
        Assert.Empty(new Define(Live, Id).Decide(State("A"), Live).Value.Events);
    }

    [Fact]
    public void A_rename_needs_another_name_that_nobody_has()
    {
        var same = new Rename(Live.Name, null).Decide(State("A"), Live).Refusal;
        Assert.Equal((Rule.DomainNameUnchanged, "Requested operation is not valid: Can't rename domain to itself"), (same?.Rule, same?.Message));
        var taken = new Rename(DomainName.Trusted("two"), new DomainId(Guid.NewGuid())).Decide(State("A"), Live).Refusal;
        Assert.Equal((Rule.RenameTaken, "Requested operation is not valid: domain with name 'two' already exists"), (taken?.Rule, taken?.Message));
    }

    [Theory]
    [InlineData("<domain><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></domain>", Rule.DomainNameMissing)]
    [InlineData("<domain><name>a/b</name></domain>", Rule.DomainNameInvalid)]
    [InlineData("<domain><name>a</name><uuid>none</uuid></domain>", Rule.DomainUuidInvalid)]
    [InlineData("<domain><name>a</name><devices><disk><source file='/a'/></disk></devices></domain>", Rule.DomainTargetMissing)]
    [InlineData("<domainsnapshot/>", Rule.XmlUnexpectedRoot)]
    public void A_definition_that_libvirt_would_refuse_is_refused(string xml, Rule rule) =>
        Assert.Equal(rule, DefinitionReader.Read(xml).Refusal?.Rule);

    [Fact]
    public void Undefine_drops_checkpoints_only_when_told_and_the_stream_can_go_on()
    {
        var state = State("A(B(C)) D *C");
        state = state.After(new Undefine(true).Decide(state, Live).Value.Events);
        Assert.Equal((null, null, 0, null), (state.Name, state.Definition, state.Forest.Count, state.Current));
        var again = new Define(Live, null).Decide(state, null).Value.Events;
        Assert.Equal([new DomainRegistered(Live.Name), new DomainDefined(Live.Hash)], again);
    }

    internal static Command Command(string text)
    {
        var words = text.Split(' ');
        var flags = words.Skip(2).ToHashSet();
        string? parent = words.Length > 2 ? words[2] : null;
        return words[0] switch
        {
            "create" => new Create(new CreateXml(Name(words[1]), null, []), new CreationTime(5)),
            "redefine" => new Redefine(Item(words[1], parent)),
            "reparent" => new Reparent(Name(words[1]), parent is null ? null : Name(parent)),
            "delete" => new Delete(Name(words[1]), flags.Contains("children"), flags.Contains("children-only")),
            "undefine" => new Undefine(false),
            _ => throw new ArgumentException(text),
        };
    }
}
