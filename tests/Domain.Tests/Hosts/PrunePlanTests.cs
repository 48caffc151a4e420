using CsCheck;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Moments;
using Xunit;
using static EventCheckpoints.Domain.Tests.Drawn;

namespace EventCheckpoints.Domain.Tests.Hosts;

/// <summary>What may go of a domain. Times are in the order of the alphabet; "B:x" is a mark on B: hold, moved, replaced, resized, or an owner.</summary>
public sealed class PrunePlanTests
{
    [Theory]
    [InlineData("A(B(C(D))) *D", "", "keep 1", "A B C", "")]
    [InlineData("A(B(C(D))) *D", "", "keep 2", "A B", "")]
    [InlineData("A(B(C(D))) *D", "", "keep 9", "", "")]
    [InlineData("A(B(C(D))) *D", "", "keep 1 before C", "A B", "")]
    [InlineData("A(B(C(D))) *D", "B:hold", "keep 1", "", "A: legal hold 'B' keeps B under it; B: legal hold 'B' keeps it; C: it comes after B, which stays")]
    [InlineData("A(B(C(D))) *D", "A:hold", "keep 1", "", "A: legal hold 'A' keeps it; B: it comes after A, which stays; C: it comes after B, which stays")]
    [InlineData("A(B(C(D))) *B", "", "keep 1", "A", "B: it is current: the next checkpoint is made under it; C: it comes after B, which stays")]
    // Whose they are
    [InlineData("A(B(C)) *C", "A:veeam", "keep 1", "", "A: veeam answers for it; B: it comes after A, which stays")]
    [InlineData("A(B(C)) *C", "A:veeam", "keep 1 owner veeam", "A B", "")]
    [InlineData("A(B(C)) *C", "A:veeam B:other", "keep 1 owner veeam", "A", "B: other answers for it")]
    // Whose disks they are in
    [InlineData("A(B(C)) *C", "A:moved", "keep 1", "", "A: to delete it would touch a disk that is not its own: seen; B: it comes after A, which stays")]
    [InlineData("A(B(C)) *C", "B:replaced", "keep 1", "A", "B: to delete it would touch a disk that is not its own: seen")]
    [InlineData("A(B(C)) *C", "A:resized", "keep 1", "A B", "")]
    // Branches: each from its own oldest end
    [InlineData("A(B(D) C(E)) *E", "", "keep 1", "", "A: 2 branches begin with it; B: it comes after A, which stays; C: it comes after A, which stays; D: it comes after B, which stays")]
    [InlineData("A(C) B(D) *D", "", "keep 2", "A B", "")]
    [InlineData("A(C) B(D) *D", "A:hold", "keep 2", "B", "A: legal hold 'A' keeps it")]
    public void What_may_go(string drawing, string marks, string wish, string go, string stay)
    {
        var plan = PrunePlan.Of(Marked(drawing, marks), Wish(wish));
        Assert.Equal(go, string.Join(' ', plan.Go));
        Assert.Equal(stay, string.Join("; ", plan.Stay.Select(one => $"{one.Name}: {one.Why}")));
    }

    /// <summary>Whatever the forest: what goes can be deleted in that order, takes nothing else along, leaves parents as they are but for the new roots, and keeps the newest, the current and the held.</summary>
    [Fact]
    public void What_stays_stays_as_it_is() => Gen.Select(Gen.Int[0, 8].Array[0, 14], Gen.Int[0, 3].Array[14], Gen.Int[1, 4]).Sample(
        (parents, marks, keep) =>
        {
            var events = new List<DomainEvent>();
            for (var i = 0; i < parents.Length; i++) events.Add(Redefined($"c{i}", parents[i] == 0 || i == 0 ? null : $"c{(i - 1) * parents[i] / 8}", i));
            var state = Registered().After(events);
            foreach (var (name, mark) in Enumerable.Range(0, parents.Length).Select(i => (Name($"c{i}"), marks[i])))
            {
                if (mark == 1) state = state.After([new HoldPlaced(HoldId.Trusted(name.Value), name)]);
                if (mark == 2) state = state.After([new CheckpointOwnerChanged(name, null, Owner.Trusted("x"))]);
            }

            var plan = PrunePlan.Of(state, new PruneWish(keep, null, null));
            var after = state;
            foreach (var name in plan.Go) after = after.After(new Delete(name, false, false).Decide(after, null).Value.Events);
            Assert.Equal(state.Forest.Count - plan.Go.Count, after.Forest.Count);
            Assert.Equal((state.Current, Math.Min(keep, state.Forest.Count)), (after.Current, after.Forest.All.Count(one => one.CreationTime.Seconds >= parents.Length - keep)));
            foreach (var one in after.Forest.All)
                Assert.Equal(state.Forest.Find(one.Name)!.Parent is { } parent && after.Forest.Contains(parent) ? parent : null, one.Parent);
            foreach (var name in plan.Go) Assert.True(state.HoldsOn(name).Count == 0 && state.MarksOf(name).Owner is null);
            Assert.Empty(plan.Go.Intersect(plan.Stay.Select(one => one.Name)));
        },
        iter: 3_000);

    private static DomainState Marked(string drawing, string marks)
    {
        var state = State(drawing);
        state = state.After([.. state.Forest.Descendants(null).Select(one => Redefined(one.Name.Value, one.Parent?.Value, one.Name.Value[0])), new CurrentCheckpointChanged(state.Current)]);
        foreach (var (name, mark) in marks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => (Name(text.Split(':')[0]), text.Split(':')[1])))
        {
            state = state.After([mark == "hold" ? new HoldPlaced(HoldId.Trusted(name.Value), name)
                : DiskFaults.TryParse(mark, out var fault) ? new CheckpointDiskInvalidated(name, "vda", fault, "seen", null)
                : new CheckpointOwnerChanged(name, null, Owner.Trusted(mark))]);
        }

        return state;
    }

    private static PruneWish Wish(string text)
    {
        var words = text.Split(' ');
        string? After(string word) => Array.IndexOf(words, word) is >= 0 and var at ? words[at + 1] : null;
        return new PruneWish(int.Parse(After("keep")!, null), After("before") is { } time ? new CreationTime(time[0]) : null, After("owner") is { } owner ? Owner.Trusted(owner) : null);
    }
}
