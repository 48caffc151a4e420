using CsCheck;
using EventCheckpoints.Domain.Moments;
using Xunit;
using static EventCheckpoints.Domain.Tests.Drawn;

namespace EventCheckpoints.Domain.Tests;

public sealed class WalkTests
{
    private static Forest<Checkpoint> Forest(string drawing) => State(drawing).Forest;

    private static string Names(IEnumerable<Checkpoint> checkpoints) => string.Join(' ', checkpoints.Select(checkpoint => checkpoint.Name));

    [Theory]
    [InlineData(null, "A C D B F")]
    [InlineData("A", "C D B")]
    [InlineData("D", "")]
    public void Descendants_come_after_their_parents_newest_siblings_first(string? top, string expected) =>
        Assert.Equal(expected, Names(Forest("A(C(D) B) F").Descendants(top is null ? null : Name(top))));

    [Theory]
    [InlineData(null, "D C B A F")]
    [InlineData("A", "D C B")]
    [InlineData("C", "D")]
    [InlineData("F", "")]
    public void Leaves_first_ends_with_the_top_ones(string? top, string expected) =>
        Assert.Equal(expected, Names(Forest("A(C(D) B) F").DescendantsLeavesFirst(top is null ? null : Name(top))));

    [Fact]
    public void Ancestors_go_up_to_the_root() => Assert.Equal("C A", Names(Forest("A(C(D) B) F").Ancestors(Name("D"))));

    [Theory]
    [InlineData("", null)]
    [InlineData("A", "A")]
    [InlineData("A(B(C))", "C")]
    [InlineData("A(B(C D))", null)]
    [InlineData("A(B) C", null)]
    public void The_only_leaf_is_that_of_an_unbranched_chain(string drawing, string? leaf) =>
        Assert.Equal(leaf, Forest(drawing).OnlyLeaf()?.Name.Value);

    [Fact]
    public void A_chain_of_100000_needs_no_stack()
    {
        var chain = Forest<Checkpoint>.Of(Enumerable.Range(0, 100_000).Select(i =>
            new Checkpoint(Name($"c{i}"), null, i == 0 ? null : Name($"c{i - 1}"), new CreationTime(i), [], null)));
        Assert.Equal(100_000, chain.Descendants(null).Count());
        Assert.Equal(100_000, chain.Descendants(null, ByCreation.Order).Count());
        Assert.Equal("c99999", chain.DescendantsLeavesFirst(null).First().Name.Value);
        Assert.Equal(99_999, chain.Ancestors(Name("c99999")).Count());
        Assert.Equal("c99999", chain.OnlyLeaf()!.Name.Value);
    }

    /// <summary>The forest against plain lists, under any sequence of links, re-links and removals.</summary>
    [Fact]
    public void A_forest_is_what_lists_of_children_would_be()
    {
        Gen.Select(Gen.Int[0, 11], Gen.Int[-1, 11], Gen.Bool).List[1, 60].Sample(
            steps =>
            {
                var children = new Dictionary<string, List<string>> { [""] = [] };
                var parents = new Dictionary<string, string>();
                var forest = Forest<Checkpoint>.Empty;
                foreach (var (self, above, remove) in steps)
                {
                    var (name, parent) = ($"m{self}", above < 0 ? "" : $"m{above}");
                    var editor = forest.Edit();
                    if (remove && children.GetValueOrDefault(name) is { Count: 0 } && parents.Remove(name, out var was))
                    {
                        children[was].Remove(name);
                        children.Remove(name);
                        editor.RemoveLeaf(Name(name));
                    }
                    else if (!remove && children.TryGetValue(parent, out var siblings) && !IsBelow(parent, name))
                    {
                        if (parents.Remove(name, out var old)) children[old].Remove(name);
                        else children[name] = [];
                        parents[name] = parent;
                        siblings.Insert(0, name);
                        editor.Link(new Checkpoint(Name(name), null, parent.Length == 0 ? null : Name(parent), default, [], null));
                    }

                    forest = editor.ToForest();
                }

                Assert.Equal(Preorder(""), forest.Descendants(null).Select(checkpoint => checkpoint.Name.Value));
                Assert.Equal(parents.Count, forest.Count);
                Assert.All(forest.All, checkpoint => Assert.Equal(children[checkpoint.Name.Value].Count, forest.ChildCount(checkpoint.Name)));
                Assert.Equal(Preorder("").ToHashSet(), forest.DescendantsLeavesFirst(null).Select(checkpoint => checkpoint.Name.Value).ToHashSet());

                bool IsBelow(string at, string top)
                {
                    for (; at.Length > 0; at = parents[at])
                    {
                        if (at == top) return true;
                    }

                    return false;
                }

                IEnumerable<string> Preorder(string at) => children[at].SelectMany(child => Preorder(child).Prepend(child));
            },
            iter: 5_000);
    }
}
