using CsCheck;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;
using Xunit;
using static EventCheckpoints.Domain.Tests.Drawn;

namespace EventCheckpoints.Domain.Tests;

public sealed class RedefineListTests
{
    [Fact]
    public void Any_order_will_do_and_the_named_one_is_current()
    {
        var decided = List(ListMode.Empty, "B", "C<B", "B<A", "A").Decide(Registered(), Live);
        Assert.Equal("A(B(C)) *B", Draw(Registered().After(decided.Value.Events)));
        Assert.Equal(["A", "B", "C"], decided.Value.List!.Created.Select(name => name.Value));
    }

    [Theory]
    [InlineData(ListMode.Empty, "A *A", "B", Rule.ListNotEmpty)]
    [InlineData(ListMode.Merge, "A *A", "", Rule.ListWithoutCheckpoints)]
    [InlineData(ListMode.Empty, "", "A A", Rule.NameTaken)]
    [InlineData(ListMode.Empty, "", "A<A", Rule.ParentIsItself)]
    [InlineData(ListMode.Empty, "", "A<B B<C C<A D", Rule.ParentWouldCycle)]
    [InlineData(ListMode.Empty, "", "A<X B<A", Rule.ParentNotFound)]
    [InlineData(ListMode.Merge, "A(B(C))", "A<C", Rule.ParentWouldCycle)]
    public void Refuses_whole(ListMode mode, string given, string list, Rule rule)
    {
        var refusal = List(mode, null, list.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Decide(State(given), Live).Refusal;
        Assert.NotNull(refusal);
        Assert.Contains(rule, refusal.Items?.Select(item => item.Refusal.Rule) ?? [refusal.Rule]);
    }

    [Fact]
    public void Every_bad_item_is_named_and_none_for_the_fault_of_another()
    {
        var read = new List<ListItem>
        {
            new(0, "good", Item("good", "bad")),
            new(1, "bad", new Refusal(Rule.CreationTimeMissing, "missing creationTime from existing checkpoint")),
            new(2, "orphan", Item("orphan", "nobody")),
            new(3, null, new Refusal(Rule.NameMissing, "a redefined checkpoint must have a name")),
            new(4, "good", Item("good", null)),
        };
        var refusal = new RedefineList([new ListDocument(null, true, null, read)], ListMode.Merge).Decide(Registered(), Live).Refusal!;
        Assert.Equal(Rule.ListInconsistent, refusal.Rule);
        Assert.StartsWith("XML error: 4 of 5 checkpoints cannot be taken, so none was; the first is number 2, 'bad': ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(
            [(1, Rule.CreationTimeMissing), (2, Rule.ParentNotFound), (3, Rule.NameMissing), (4, Rule.NameTaken)],
            refusal.Items!.Select(item => (item.Index, item.Refusal.Rule)));
    }

    [Fact]
    public void A_current_that_is_not_there_is_refused() =>
        Assert.Equal(Rule.ListCurrentNotFound, List(ListMode.Empty, "X", "A").Decide(Registered(), Live).Refusal?.Rule);

    [Fact]
    public void A_list_in_its_domain_registers_the_domain()
    {
        var list = new RedefineList([new ListDocument(Live, true, null, [new ListItem(0, "A", Item("A", null))])], ListMode.Empty);
        var state = DomainState.Unknown(Id);
        state = state.After(list.Decide(state, null).Value.Events);
        Assert.Equal((Live.Name, Live.Hash, "A"), (state.Name, state.Definition, Draw(state)));
    }

    [Fact]
    public void Loose_checkpoints_register_their_domain_only_when_told_to_and_as_the_newest_has_it()
    {
        var older = Live with { Xml = Live.Xml + "\n", Hash = DefinitionHash.Of(Live.Xml + "\n") };
        ListDocument Loose(string name, string? parent, long time, Definition? definition) =>
            new(null, false, null, [new ListItem(0, name, Item(name, parent, time) with { Definition = definition })]);
        ListDocument[] list = [Loose("B", "A", 2, Live), Loose("A", null, 1, older), Loose("C", "B", 3, null)];
        var unknown = DomainState.Unknown(Id);
        Assert.Equal(Rule.DomainNotFound, new RedefineList(list, ListMode.Merge).Decide(unknown, null).Refusal?.Rule);
        var state = unknown.After(new RedefineList(list, ListMode.Merge, Register: true).Decide(unknown, null).Value.Events);
        Assert.Equal((Live.Name, Live.Hash, "A(B(C)) *C"), (state.Name, state.Definition, Draw(state)));
        Assert.Equal(Rule.DomainNotFound, new RedefineList([list[2]], ListMode.Merge, Register: true).Decide(unknown, null).Refusal?.Rule);
        Assert.Equal(Rule.DomainUuidDiffers, new RedefineList(list, ListMode.Merge, Register: true).Decide(DomainState.Unknown(new DomainId(Guid.NewGuid())), null).Refusal?.Rule);
        Assert.Equal(Rule.DomainNameTaken, new RedefineList(list, ListMode.Merge, new DomainId(Guid.NewGuid()), Register: true).Decide(unknown, null).Refusal?.Rule);
    }

    [Fact]
    public void A_merge_moves_current_only_when_told()
    {
        var state = State("A(B) *A");
        Assert.Equal("C A(B) *A", DrawAfter(state, List(ListMode.Merge, null, "B<A", "C")));
        Assert.Equal("C A(B) *C", DrawAfter(state, List(ListMode.Merge, "C", "C")));
    }

    [Fact]
    public void Reparenting_upside_down_makes_no_cycle_on_the_way() =>
        Assert.Equal("C(B(A)) *A", DrawAfter(State("A(B(C)) *A"), List(ListMode.Merge, null, "A<B", "B<C", "C")));

    /// <summary>Random forests, lists in random order, onto random forests: the same end, and the second time nothing happens.</summary>
    [Fact]
    public void The_order_of_a_list_does_not_matter_and_the_second_time_nothing_happens()
    {
        var forest = Gen.Select(Gen.Int[-1, 13], Gen.Int[0, 3]).Array[1, 14];
        Gen.Select(forest, forest, Gen.Int[0, int.MaxValue], Gen.Bool).Sample(
            (before, list, seed, loose) =>
            {
                var state = Registered();
                state = state.After(Command(before, 0, true).Decide(state, Live).Value.Events);
                var straight = Command(list, 0, !loose).Decide(state, Live);
                var shuffled = Command(list, seed, !loose).Decide(state, Live);
                Assert.Equal(straight.Refusal?.Rule, shuffled.Refusal?.Rule);
                if (straight.Refusal is not null) return;
                var after = state.After(straight.Value.Events);
                Assert.Equal(Draw(after), Draw(state.After(shuffled.Value.Events)));
                Assert.Empty(Command(list, seed, !loose).Decide(after, Live).Value.Events);
                Assert.All(after.Forest.All, checkpoint => Assert.True(checkpoint.Parent is not { } parent || after.Forest.Contains(parent)));
                Assert.Equal(after.Forest.Count, after.Forest.Descendants(null).Count());
                Assert.Equal(straight.Value.List!.Current, after.Current);
            },
            iter: 3_000);
    }

    /// <summary>Checkpoint i hangs under one with a smaller number, so that there is no cycle; numbers that do not exist make roots.</summary>
    private static RedefineList Command((int Parent, int Time)[] forest, int seed, bool isList)
    {
        var items = forest.Select((entry, i) =>
            new ListItem(i, $"c{i}", Item($"c{i}", entry.Parent >= 0 && entry.Parent < i ? $"c{entry.Parent}" : null, entry.Time))).ToArray();
        if (seed != 0) new Random(seed).Shuffle(items);
        return new RedefineList([new ListDocument(null, isList, isList ? "c0" : null, items)], ListMode.Merge);
    }

    private static RedefineList List(ListMode mode, string? current, params string[] items) => new(
        [new ListDocument(null, true, current, [.. items.Select((item, i) => item.Split('<')).Select((parts, i) =>
            new ListItem(i, parts[0], Item(parts[0], parts.ElementAtOrDefault(1))))])],
        mode);

    private static string DrawAfter(DomainState state, RedefineList list) => Draw(state.After(list.Decide(state, Live).Value.Events));
}
