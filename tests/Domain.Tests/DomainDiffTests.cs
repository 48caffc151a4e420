using Xunit;

namespace EventCheckpoints.Domain.Tests;

public sealed class DomainDiffTests
{
    [Theory]
    [InlineData("", "A *A", "created A; current -> A")]
    [InlineData("A(B) *B", "A(C B) *B", "created C")]
    [InlineData("A(B(C))", "D", "deleted C; deleted B; deleted A; created D")]
    [InlineData("A(B) C", "A C(B)", "reparented B A -> C")]
    [InlineData("A B", "B A", "reordered - B A")]
    [InlineData("A B C", "C B A", "reordered - C B A")]
    [InlineData("A(B(C) *B)", "C A *A", "deleted B; reparented C B -> -; current B -> A")]
    [InlineData("A(B) *A", "A(B) *A", "")]
    public void Forests_differ_by_name(string before, string after, string differences) =>
        Assert.Equal(differences, string.Join("; ", DomainDiff.Of(Drawn.State(before), Drawn.State(after)).Select(Text)));

    [Fact]
    public void A_checkpoint_differs_field_by_field()
    {
        var before = Drawn.State("A B *B");
        var disks = new[] { new CheckpointDisk("vda", DiskMode.Bitmap, "b") };
        var redefined = new CheckpointRedefined(Drawn.Name("A"), "text", null, new CreationTime(9), disks, Drawn.Live.Hash);
        var differs = Assert.IsType<ContentDiffers>(Assert.Single(DomainDiff.Of(before, before.After([redefined]))));
        Assert.Equal((new Change<string?>(null, "text"), new Change<CreationTime>(new CreationTime(1), new CreationTime(9))), (differs.Description, differs.CreationTime));
        Assert.Equal(new Change<DefinitionHash?>(null, Drawn.Live.Hash), differs.Definition);
        Assert.Equal(disks, differs.Disks?.After);
    }

    [Fact]
    public void A_domain_that_is_not_registered_has_no_name_and_no_definition()
    {
        var differences = DomainDiff.Of(DomainState.Unknown(Drawn.Id), Drawn.Registered());
        Assert.Equal([new NameDiffers(null, DomainName.Trusted("one")), new DefinitionDiffers(null, Drawn.Live.Hash)], differences);
    }

    private static string Text(Difference difference) => difference switch
    {
        CheckpointMissingBefore d => $"created {d.Checkpoint.Name}",
        CheckpointMissingAfter d => $"deleted {d.Checkpoint.Name}",
        ParentDiffers d => $"reparented {d.Name} {Or(d.Before)} -> {Or(d.After)}",
        OrderDiffers d => $"reordered {Or(d.Parent)} {string.Join(' ', d.After)}",
        CurrentDiffers d => d.Before is null ? $"current -> {d.After}" : $"current {d.Before} -> {Or(d.After)}",
        _ => difference.ToString(),
    };

    private static string Or(MomentName? name) => name?.Value ?? "-";
}
