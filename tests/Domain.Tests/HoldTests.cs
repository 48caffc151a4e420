using CsCheck;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using Xunit;
using static EventCheckpoints.Domain.Tests.Drawn;

namespace EventCheckpoints.Domain.Tests;

/// <summary>What a legal hold forbids, and what it leaves alone. "B:h" is a hold h on B, ":h" one on the whole domain.</summary>
public sealed class HoldTests
{
    [Theory]
    [InlineData("A(B)", "B:h", "delete B", "checkpoint 'B' cannot be deleted: legal hold 'h' is on checkpoint 'B'")]
    [InlineData("A(B)", ":h", "delete B", "checkpoint 'B' cannot be deleted: legal hold 'h' is on the whole domain")]
    [InlineData("A(B(C))", "B:h", "delete A children", "checkpoint 'B' cannot be deleted: legal hold 'h' is on checkpoint 'B'")]
    [InlineData("A(B(C))", "C:h", "delete A children-only", "checkpoint 'C' cannot be deleted: legal hold 'h' is on checkpoint 'C'")]
    [InlineData("A(B(C))", "C:h", "undefine-all", "domain 'one' cannot be undefined: legal hold 'h' is on checkpoint 'C'")]
    [InlineData("", ":h", "undefine", "domain 'one' cannot be undefined: legal hold 'h' is on the whole domain")]
    // What follows from a parent's delete
    [InlineData("A(B)", "B:h", "delete A", "checkpoint 'B' cannot be given another parent: legal hold 'h' is on checkpoint 'B'")]
    [InlineData("A(B) C", "B:h", "reparent B C", "checkpoint 'B' cannot be given another parent: legal hold 'h' is on checkpoint 'B'")]
    [InlineData("A(B)", ":h", "reparent B", "checkpoint 'B' cannot be given another parent: legal hold 'h' is on the whole domain")]
    [InlineData("A(B)", "B:h", "redefine B", "checkpoint 'B' cannot be redefined: legal hold 'h' is on checkpoint 'B'")]
    [InlineData("A(B)", "B:h", "retime B A", "checkpoint 'B' cannot be redefined: legal hold 'h' is on checkpoint 'B'")]
    [InlineData("A(B)", ":h", "list B", "checkpoint 'B' cannot be redefined: legal hold 'h' is on the whole domain")]
    // What was asked is told before what would follow from it
    [InlineData("A(B)", ":h", "delete A", "checkpoint 'A' cannot be deleted: legal hold 'h' is on the whole domain")]
    [InlineData("A(B)", ":h", "delete A children", "checkpoint 'A' cannot be deleted: legal hold 'h' is on the whole domain")]
    // Its own hold is told before the domain's, the first by id of several
    [InlineData("A(B)", ":a B:z B:y", "delete B", "checkpoint 'B' cannot be deleted: legal hold 'y' is on checkpoint 'B'")]
    public void Refuses(string given, string holds, string when, string sentence)
    {
        var refusal = Command(when).Decide(Holding(given, holds), Live).Refusal;
        Assert.Equal(Rule.Held, refusal?.Rule);
        Assert.StartsWith($"operation forbidden: {sentence}; hold-release, or over HTTP DELETE /v1/domains/{Id}/holds/", refusal?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A(B) *B", ":h", "create n", "A(B(n)) *n")]
    [InlineData("A(B) *B", ":h", "redefine n A", "A(n B) *B")]
    // As it is: only its place among its siblings changes, as after a restore
    [InlineData("A(C B) *A", "B:h", "redefine B A", "A(B C) *B")]
    [InlineData("A(C B) *B", ":h", "list B<A", "A(C B) *B")]
    // What is above, below or beside a held one
    [InlineData("A(B(C)) *A", "B:h", "delete C", "A(B) *A")]
    [InlineData("A(B(C)) *A", "B:h", "delete B children-only", "A(B) *A")]
    [InlineData("R(A(B)) *A", "B:h", "delete R", "A(B) *A")]
    [InlineData("R(A(B)) *A", "B:h", "reparent A", "A(B) R *A")]
    [InlineData("A(B) *A", "B:h", "redefine A", "A(B) *A")]
    [InlineData("A(C B) *A", "B:h", "reparent C B", "A(B(C)) *A")]
    public void Leaves_alone(string given, string holds, string when, string then)
    {
        var before = Holding(given, holds);
        var decided = Command(when).Decide(before, Live);
        Assert.Null(decided.Refusal);
        var after = before.After(decided.Value.Events);
        Assert.Equal((then, before.Holds.Count), (Draw(after), after.Holds.Count));
    }

    [Fact]
    public void The_domain_can_be_renamed_and_defined_anew()
    {
        var state = Holding("A", ":h");
        Assert.NotEmpty(new Define(Definition(Id, "one", "vda"), null).Decide(state, Live).Value.Events);
        var live = DefinitionReader.Read($"<domain type='test'><name>one</name><uuid>{Id}</uuid></domain>").Value;
        Assert.Equal(DomainName.Trusted("two"), state.After(new Rename(DomainName.Trusted("two"), null).Decide(state, live).Value.Events).Name);
    }

    [Fact]
    public void The_same_hold_again_changes_nothing_and_on_something_else_it_is_refused()
    {
        var state = Holding("A B", "A:h :w");
        Assert.Empty(Place("h", "A").Decide(state, Live).Value.Events);
        Assert.Empty(Place("w", null).Decide(state, Live).Value.Events);
        Assert.Equal((Rule.HoldIdTaken, "operation failed: legal hold 'h' is on checkpoint 'A' already; give another id"), Told(Place("h", "B"), state));
        Assert.Equal((Rule.HoldIdTaken, "operation failed: legal hold 'w' is on the whole domain already; give another id"), Told(Place("w", "B"), state));
        Assert.Equal(Rule.HoldIdTaken, Told(Place("h", null), state).Rule);
        Assert.Equal([new HoldPlaced(Hold("i"), Name("A"))], Place("i", "A").Decide(state, Live).Value.Events);
    }

    [Fact]
    public void A_hold_needs_what_it_holds_and_a_release_a_hold()
    {
        Assert.Equal((Rule.CheckpointNotFound, "Domain checkpoint not found: no domain checkpoint with matching name 'X'"), Told(Place("h", "X"), State("A")));
        Assert.Equal((Rule.HoldNotFound, "invalid argument: no active legal hold with id 'i'"), Told(new ReleaseHold(Hold("i")), Holding("A", "A:h")));
        Assert.Equal(Rule.DomainNotFound, Told(Place("h", null), DomainState.Unknown(Id)).Rule);
        Assert.Equal(Rule.DomainNotFound, Told(new ReleaseHold(Hold("h")), DomainState.Unknown(Id)).Rule);
    }

    [Fact]
    public void After_the_last_release_everything_goes_again_and_the_id_is_free()
    {
        var state = Holding("A(B)", "B:h :w");
        foreach (var (id, held) in new[] { ("h", (MomentName?)Name("B")), ("w", null) })
        {
            Assert.Equal(Rule.Held, Command("delete B").Decide(state, Live).Refusal?.Rule);
            var released = new ReleaseHold(Hold(id)).Decide(state, Live).Value.Events;
            Assert.Equal([new HoldReleased(Hold(id), held)], released);
            state = state.After(released);
        }

        Assert.Null(Command("delete B").Decide(state, Live).Refusal);
        Assert.NotEmpty(Place("h", "A").Decide(state, Live).Value.Events);
    }

    [Fact]
    public void A_diff_tells_which_are_over_and_which_are_new()
    {
        Difference[] expected = [new HoldMissingAfter(Hold("b"), Name("A")), new HoldMissingBefore(Hold("b"), null), new HoldMissingBefore(Hold("c"), Name("A"))];
        Assert.Equal(expected, DomainDiff.Of(Holding("A", ":a A:b"), Holding("A", ":a :b A:c")));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("Case_2026-17.b", true)]
    [InlineData("9", true)]
    [InlineData("", false)]
    [InlineData(".a", false)]
    [InlineData("-a", false)]
    [InlineData("_a", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    public void An_id_stands_in_a_path_as_it_is(string text, bool fine)
    {
        Assert.Equal(fine, HoldId.TryParse(text, out _));
        Assert.True(HoldId.TryParse(new string('x', 64), out _));
        Assert.False(HoldId.TryParse(new string('x', 65), out _));
    }

    /// <summary>Whatever is asked of a domain in whatever order: until its release, what was held is there, as it was.</summary>
    [Fact]
    public void What_is_held_stays_exactly_as_it_is()
    {
        var (refused, changed) = (0, 0);
        var name = Gen.Int[0, 5].Select(i => $"c{i}");
        var maybe = Gen.Select(name, Gen.Int[0, 2]).Select((parent, none) => none == 0 ? null : parent);
        var hold = Gen.Int[0, 2].Select(i => $"h{i}");
        var how = Gen.Int[0, 2].Select(i => i switch { 0 => "", 1 => " children", _ => " children-only" });
        var command = Gen.Frequency(
            (3, name.Select(n => Command($"create {n}"))),
            (6, Gen.Select(name, maybe, Gen.Int[1, 2]).Select((n, parent, time) => (Command)new Redefine(Item(n, parent, time)))),
            (5, Gen.Select(name, how).Select((n, below) => Command($"delete {n}{below}"))),
            (3, Gen.Select(name, maybe).Select((n, parent) => (Command)new Reparent(Name(n), parent is null ? null : Name(parent)))),
            (2, Gen.Select(name, maybe, Gen.Int[1, 2]).Select((n, parent, time) => List(Item(n, parent, time)))),
            (1, Gen.Const(Command("undefine-all"))),
            (1, Gen.Const((Command)new Define(Live, null))),
            (2, Gen.Select(hold, maybe).Select((id, on) => (Command)Place(id, on))),
            (1, hold.Select(id => (Command)new ReleaseHold(Hold(id)))));
        command.Array[1, 60].Sample(
            commands =>
            {
                var state = State("c0(c1 c2(c3)) *c3");
                foreach (var asked in commands)
                {
                    var decided = asked.Decide(state, state.Definition is null ? null : Live);
                    if (decided.Refusal is { } refusal)
                    {
                        if (refusal.Rule == Rule.Held) Interlocked.Increment(ref refused);
                        continue;
                    }

                    var after = state.After(decided.Value.Events);
                    foreach (var held in state.Forest.All.Where(c => state.HoldsOn(c.Name).Count > 0))
                        Assert.Equal(held, after.Forest.Find(held.Name));
                    if (!state.Holds.IsEmpty)
                    {
                        Assert.NotNull(after.Name);
                        if (!after.Forest.All.ToHashSet().SetEquals(state.Forest.All)) Interlocked.Increment(ref changed);
                    }

                    // And a hold ends by its release alone.
                    foreach (var (id, on) in state.Holds.Where(_ => asked is not ReleaseHold)) Assert.Equal(on, after.Holds[id]);
                    state = after;
                }
            },
            iter: 5_000);
        // It was about something: holds refused much, and let as much through.
        Assert.True(refused > 5_000 && changed > 5_000, $"{refused} refused, {changed} changed under a hold");
    }

    private static (Rule? Rule, string? Message) Told(Command command, DomainState state) =>
        command.Decide(state, Live).Refusal is { } refusal ? (refusal.Rule, refusal.Message) : default;

    private static DomainState Holding(string drawing, string holds) => State(drawing).After([.. holds.Split(' ').Select(hold => hold.Split(':'))
        .Select(hold => new HoldPlaced(Hold(hold[1]), hold[0].Length == 0 ? null : Name(hold[0])))]);

    private static PlaceHold Place(string id, string? checkpoint) => new(Hold(id), checkpoint is null ? null : Name(checkpoint));

    private static HoldId Hold(string text) => HoldId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    private static RedefineList List(params RedefineXml[] items) =>
        new([new ListDocument(null, false, null, [.. items.Select((item, i) => new ListItem(i, item.Name.Value, item))])], ListMode.Merge);

    private static Command Command(string text) => text.Split(' ', '<') switch
    {
        ["undefine-all"] => new Undefine(true),
        ["retime", var name, var parent] => new Redefine(Item(name, parent, time: 2)),
        ["list", var name] => List(Item(name, null)),
        ["list", var name, var parent] => List(Item(name, parent)),
        _ => CommandTests.Command(text),
    };
}
