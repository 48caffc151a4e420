using CsCheck;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

public sealed class DiskAlignmentTests
{
    private static readonly MomentName Name = MomentName.Trusted("c");

    private static readonly DefinitionDisk[] Domain =
    [
        new("vda", "/a", false, false, null),
        new("vdb", "/shared", false, false, null),
        new("vdc", "/shared", false, false, null),
        new("vdd", "/ro", true, false, null),
        new("hdc", null, true, true, null),
        new("vda", "/second", false, false, null),
    ];

    [Fact]
    public void Without_a_list_every_writable_disk_is_tracked() =>
        Assert.Equal(["vda:c", "vdb:c", "vdc:c", "vdd", "hdc", "vda:c"], Aligned());

    [Fact]
    public void What_is_not_listed_is_left_out_and_a_path_becomes_its_target() =>
        Assert.Equal(["vda", "vdb:", "vdc", "vdd", "hdc", "vda:c"], Aligned(new("hdc", DiskMode.No, null), new("vdb", DiskMode.Bitmap, ""), new("/second", null, null)));

    [Theory]
    [InlineData(Rule.DiskUnknown, "no disk named 'vdz'", "vdz", "vdd")]
    [InlineData(Rule.DiskUnknown, "no disk named '/shared'", "/shared")]
    [InlineData(Rule.DiskTwice, "disk '/a' specified twice", "vda", "/a")]
    [InlineData(Rule.DiskTwice, "disk 'vda' specified twice", "vda", "vda", "vdd")]
    [InlineData(Rule.DiskEmptyOrReadOnly, "disk 'vdd' is empty or readonly", "vdd", "vdz")]
    [InlineData(Rule.DiskEmptyOrReadOnly, "disk 'hdc' is empty or readonly", "hdc")]
    [InlineData(Rule.TooManyDisks, "too many disk checkpoint requests for domain", "vdz", "vdd", "x", "x", "x", "x", "x")]
    public void A_bad_list_is_refused_at_its_first_fault(Rule rule, string text, params string[] names)
    {
        var refusal = DiskAlignment.Align([.. names.Select(name => new ListedDisk(name, null, null))], Domain, Name).Refusal;
        Assert.Equal((rule, text), (refusal?.Rule, refusal?.Text));
    }

    [Fact]
    public void A_domain_without_disks_has_no_checkpoints() =>
        Assert.Equal(Rule.DomainWithoutDisks, DiskAlignment.Align([], [], Name).Refusal?.Rule);

    [Fact]
    public void What_is_aligned_has_the_domains_disks_and_aligns_to_itself() =>
        Gen.Select(Gen.OneOf("vda", "vdb", "vdc", "vdd", "hdc", "/a", "/shared", "/ro"), Gen.OneOf<DiskMode?>(null, DiskMode.No, DiskMode.Bitmap), Gen.OneOf(null, "", "b"))
            .Select((name, mode, bitmap) => new ListedDisk(name, mode, mode == DiskMode.No ? null : bitmap)).Array[0, 6].Sample(listed =>
            {
                var domain = Domain[..5];
                if (DiskAlignment.Align(listed, domain, Name) is not { Refusal: null, Value: var aligned })
                    return;
                Assert.Equal(domain.Select(disk => disk.Target), aligned.Select(disk => disk.Name));
                Assert.All(aligned, disk => Assert.Equal(disk.Mode == DiskMode.Bitmap, disk.Bitmap is not null));
                Assert.Equal(listed.Count(disk => disk.Mode != DiskMode.No), listed.Length == 0 ? 0 : aligned.Count(disk => disk.Mode == DiskMode.Bitmap));
                Assert.Equal(aligned, DiskAlignment.Align([.. aligned.Select(disk => new ListedDisk(disk.Name, disk.Mode, disk.Bitmap))], domain, Name).Value);
            });

    private static IEnumerable<string> Aligned(params ListedDisk[] listed) =>
        DiskAlignment.Align(listed, Domain, Name).Value.Select(disk => disk.Mode == DiskMode.No ? disk.Name : $"{disk.Name}:{disk.Bitmap}");
}
