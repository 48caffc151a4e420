using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Hosts;

/// <summary>What a host lacks, by what the store and the host have; "b&lt;a" is b under a.</summary>
public sealed class RestorePlanTests
{
    [Theory]
    [InlineData("", "", "", "", "", 0, null)]
    [InlineData("a b<a", "", "a b", "", "", 1, "b")]
    [InlineData("a b<a c<b", "b<a a", "c", "", "", 1, "c")]
    [InlineData("a b<a c<a", "a", "b c", "", "", 2, null)]
    [InlineData("a b", "", "a b", "", "", 2, null)]
    [InlineData("a b<a", "a b<a c<b", "", "", "c", 1, "c")]
    [InlineData("a b<a c<b", "a b<a c<a", "", "c", "", 2, null)]
    // A checkpoint whose parent's file is gone is listed all the same, and is a root.
    [InlineData("a b<a", "b<gone", "a", "b", "", 2, null)]
    [InlineData("b<a", "b<a", "", "", "", 1, "b")]
    public void A_plan(string stored, string seen, string missing, string differing, string unknown, int leaves, string? afterRestart)
    {
        var plan = RestorePlan.Of(Read(stored), Read(seen));
        Assert.Equal(
            (missing, differing, unknown, leaves, afterRestart),
            (string.Join(' ', plan.Missing), string.Join(' ', plan.Differing), string.Join(' ', plan.Unknown), plan.Leaves, plan.AfterRestart?.Value));
    }

    [Fact]
    public void What_counts_is_all_but_the_domain_inside()
    {
        var one = Xml("a", null);
        Assert.Empty(RestorePlan.Of([one], [one]).Differing);
        Assert.NotEmpty(RestorePlan.Of([one], [one with { CreationTime = new CreationTime(2) }]).Differing);
        Assert.NotEmpty(RestorePlan.Of([one], [one with { Description = "another" }]).Differing);
        Assert.NotEmpty(RestorePlan.Of([one], [one with { Disks = [new ListedDisk("vda", DiskMode.Bitmap, "b")] }]).Differing);
        // As libvirt prints it, with the name that it gives a bitmap where none is said.
        Assert.Empty(RestorePlan.Of([one], [one with { Disks = [new ListedDisk("vda", DiskMode.Bitmap, "a")] }]).Differing);
        Assert.Empty(RestorePlan.Of([one], [one with { Definition = new Definition("<domain/>", DefinitionHash.Of("<domain/>"), null, DomainName.Trusted("vm"), []) }]).Differing);
    }

    private static RedefineXml[] Read(string forest) =>
        [.. forest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('<')).Select(parts => Xml(parts[0], parts.ElementAtOrDefault(1)))];

    private static RedefineXml Xml(string name, string? parent) => new(
        MomentName.Trusted(name), null, parent is null ? null : MomentName.Trusted(parent), new CreationTime(1), [new ListedDisk("vda", DiskMode.Bitmap, null)], null);
}
