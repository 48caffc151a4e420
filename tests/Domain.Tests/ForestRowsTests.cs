using CsCheck;
using EventCheckpoints.Domain.Moments;
using Xunit;

namespace EventCheckpoints.Domain.Tests;

public sealed class ForestRowsTests
{
    private static readonly HashSet<MomentName> Nothing = [];

    [Fact]
    public void A_long_run_is_one_straight_lane_and_folds_in_the_middle()
    {
        var rows = ForestRows.Of(Chain(100), _ => false, Nothing);
        Assert.Equal(["m0", "m1", "m2", "m3…94", "m97", "m98", "m99"], rows.Select(Name));
        Assert.All(rows, row => Assert.Equal(0, row.Lane));
        Assert.Equal([null, 0, 1, 2, 3, 4, 5], rows.Select(row => row.ParentRow));
    }

    [Fact]
    public void What_has_to_be_seen_is_not_folded_and_what_is_unfolded_is_whole()
    {
        Assert.Contains("m50", ForestRows.Of(Chain(100), one => one.Name.Value == "m50", Nothing).Select(Name));
        Assert.Equal(100, ForestRows.Of(Chain(100), _ => false, new HashSet<MomentName> { N("m40") }).Count);
    }

    [Fact]
    public void The_oldest_child_goes_on_below_its_parent_and_newer_ones_stand_beside()
    {
        var rows = ForestRows.Of(Of(("a", null), ("b", "a"), ("c", "a"), ("d", "c")), _ => false, Nothing);
        Assert.Equal(["a 0", "c 1", "d 1", "b 0"], rows.Select(row => $"{Name(row)} {row.Lane}"));
    }

    [Fact]
    public void Every_moment_is_on_one_line_below_its_parent_and_no_line_crosses_another() =>
        Gen.Int[0, 20].Array[1, 80].Sample(picks =>
        {
            var forest = Of([.. picks.Select((pick, i) => ($"m{i}", pick == 0 || i == 0 ? null : $"m{(i - 1 - (pick % i) + i) % i}"))]);
            var rows = ForestRows.Of(forest, one => one.Name.Value.EndsWith('7'), Nothing);
            Assert.Equal(picks.Length, rows.Sum(row => Math.Max(1, row.Folded)));
            foreach (var (i, row) in rows.Index())
            {
                if (row.ParentRow is not { } parent) continue;
                Assert.True(parent < i);
                // The line comes down in the parent's lane, in which nothing may stand between.
                Assert.DoesNotContain(rows.Take(i).Skip(parent + 1), between => between.Lane <= rows[parent].Lane);
                Assert.InRange(row.Lane - rows[parent].Lane, 0, 1);
            }
        });

    private static string Name(ForestRow<Checkpoint> row) => row.Folded == 0 ? row.Moment.Name.Value : $"{row.Moment.Name}…{row.Folded}";

    private static Forest<Checkpoint> Chain(int length) => Of([.. Enumerable.Range(0, length).Select(i => ($"m{i}", i == 0 ? null : $"m{i - 1}"))]);

    private static Forest<Checkpoint> Of(params (string Name, string? Parent)[] linked) =>
        Forest<Checkpoint>.Of(linked.Select(one => new Checkpoint(N(one.Name), null, one.Parent is null ? null : N(one.Parent), new CreationTime(0), [], null)));

    private static MomentName N(string name) => MomentName.Trusted(name);
}
