using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Hosts;

/// <summary>What a host and the store say differently; "b&lt;a" is b under a, and "b:2" was created at 2.</summary>
public sealed class DriftTests
{
    [Theory]
    [InlineData("", null, "", "")]
    [InlineData("a b<a", "b", "a b<a", "")]
    [InlineData("a b<a", "b", "", "MissingOnHost a|MissingOnHost b")]
    [InlineData("", null, "a b<a", "UnknownToStore a|UnknownToStore b|CurrentDiffers  -/b")]
    [InlineData("a b<a c<b", "c", "a b<a c<a", "ParentDiffers c b/a|CurrentAmbiguous  c/2 leaves")]
    [InlineData("a b<a", "b", "a b<a:2", "DefinitionDiffers b created 1, description -, disks vda=bitmap:b/created 2, description -, disks vda=bitmap:b")]
    [InlineData("a b<a", "a", "a b<a", "CurrentDiffers  a/b")]
    [InlineData("a b", "b", "a b", "CurrentAmbiguous  b/2 leaves")]
    // A checkpoint whose parent's file is gone is listed all the same.
    [InlineData("a b<a", "b", "b<a", "MissingOnHost a")]
    public void A_drift(string stored, string? current, string seen, string expected) =>
        Assert.Equal(expected, string.Join('|', Drift.Of(Read(stored), current is null ? null : MomentName.Trusted(current), Read(seen)).Select(Shown)));

    [Theory]
    [InlineData("a b<a", "vda:a,b", "")]
    [InlineData("a b<a", "vda:b", "BitmapMissing a vda")]
    [InlineData("a b<a", "vda:a,b!", "BitmapInconsistent b vda")]
    [InlineData("a", "vda:a,c! vdb:a", "BitmapOrphaned  vda|BitmapOrphaned  vdb")]
    [InlineData("a", "vdb:", "BitmapMissing a vda")]
    [InlineData("", "vda:", "")]
    public void Bitmaps(string checkpoints, string disks, string expected)
    {
        SeenDisk[] seen =
        [
            .. disks.Split(' ').Select(one => one.Split(':')).Select(one => new SeenDisk(
                one[0], [.. one[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new SeenBitmap(name.TrimEnd('!'), name.EndsWith('!')))])),
        ];
        string Found(HashSet<string> unseen) =>
            string.Join('|', Drift.OfBitmaps([.. Read(checkpoints), .. Read(checkpoints)], seen, unseen).Select(item => $"{item.Kind} {item.Checkpoint} {item.Disk}"));
        Assert.Equal(expected, Found([]));
        // Of a disk that could not be looked into nothing is said to be missing.
        Assert.DoesNotContain("Missing", Found(["vda"]), StringComparison.Ordinal);
    }

    private static string Shown(DriftItem item) =>
        $"{item.Kind} {item.Checkpoint}{(item.Kind is DriftKind.MissingOnHost or DriftKind.UnknownToStore ? "" : $" {item.Store}/{item.Host}")}";

    private static RedefineXml[] Read(string forest) => [.. forest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Xml)];

    private static RedefineXml Xml(string text)
    {
        var (place, time) = (text.Split(':')[0].Split('<'), text.Split(':').ElementAtOrDefault(1) ?? "1");
        return new RedefineXml(
            MomentName.Trusted(place[0]), null, place.Length == 1 ? null : MomentName.Trusted(place[1]), new CreationTime(long.Parse(time, null)), [new ListedDisk("vda", DiskMode.Bitmap, null)], null);
    }
}
