using CsCheck;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Projections.Tests;

/// <summary>Commands on a dozen names, so that they meet: most change something, some are refused, some are so already.</summary>
internal static class RandomCommands
{
    private static readonly Gen<string> Names = Gen.Int[0, 11].Select(i => $"c{i}");

    private static readonly Gen<HoldId> Holds = Gen.Int[0, 2].Select(i => HoldId.Trusted($"h{i}"));

    public static Gen<Func<DomainId, Command>[]> Of(int most) => Gen.Frequency(
        (4, Names.Select(name => (Func<DomainId, Command>)(_ => new Create(new CreateXml(Name(name), null, []), new CreationTime(7))))),
        (6, Gen.Select(Names, Names, Gen.Int[0, 4], Gen.Int[0, 2]).Select((name, parent, kind, definition) =>
            (Func<DomainId, Command>)(id => new Redefine(Item(id, name, kind == 0 ? null : parent, kind, definition))))),
        (3, Gen.Select(Names, Gen.Int[0, 2]).Select((name, how) =>
            (Func<DomainId, Command>)(_ => new Delete(Name(name), how == 1, how == 2)))),
        (2, Gen.Select(Names, Names, Gen.Bool).Select((name, parent, root) =>
            (Func<DomainId, Command>)(_ => new Reparent(Name(name), root ? null : Name(parent))))),
        (2, Gen.Select(Names.Array[1, 8], Gen.Int[0, 3], Gen.Bool).Select((names, definition, current) =>
            (Func<DomainId, Command>)(id => List(id, [.. names.Distinct()], definition, current)))),
        (1, Gen.Select(Holds, Names, Gen.Int[0, 9]).Select((hold, name, all) =>
            (Func<DomainId, Command>)(_ => new PlaceHold(hold, all == 0 ? null : Name(name))))),
        (2, Holds.Select(hold => (Func<DomainId, Command>)(_ => new ReleaseHold(hold)))),
        (2, Gen.Select(Gen.Int[0, 1], Names.Array[0, 12], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3]).Select((host, names, source, capacity, bitmaps) =>
            (Func<DomainId, Command>)(_ => new Observe(Seen(host, names, source, capacity, bitmaps))))),
        (1, Gen.Int[0, 1].Select(host => (Func<DomainId, Command>)(_ => new ObserveAbsent(Host(host))))),
        (2, Gen.Select(Names, Gen.Int[0, 2]).Select((name, owner) =>
            (Func<DomainId, Command>)(_ => new SetOwner(Name(name), owner == 0 ? null : Owner.Trusted($"tool {owner}"))))),
        (1, Gen.Int[1, 3].Select(memory => (Func<DomainId, Command>)(id => new Define(TestStore.Definition(id, "random", memory), null))))).Array[1, most];

    private static HostName Host(int host) => HostName.Trusted($"kvm{host}:qemu/system");

    /// <summary>Of four looks one finds the disk gone, one another domain with it; the rest are of two disks of two sizes.</summary>
    private static Observation Seen(int host, string[] names, int source, int capacity, int bitmaps) => new(
        Host(host), [.. names.Distinct().Select(Name)],
        source == 0 ? [] :
        [
            new ObservedDisk(
                new HostDisk("vda", $"/{source % 2}", null, capacity == 0 ? null : capacity % 2), [],
                bitmaps == 0 ? null : [.. names.Distinct().Take(3).Select((name, i) => new SeenBitmap(name, i == bitmaps))]),
        ],
        source == 3 ? new Dictionary<string, string> { ["/1"] = "other" } : []);

    private static RedefineList List(DomainId id, string[] names, int definition, bool current) => new(
        [new ListDocument(null, current, current ? names[0] : null, [.. names.Select((name, i) => new ListItem(i, name, Item(id, name, i == 0 ? null : names[i - 1], i, definition)))])],
        ListMode.Merge);

    private static RedefineXml Item(DomainId id, string name, string? parent, int time, int definition) => new(
        Name(name), time % 2 == 0 ? null : "text", parent is null ? null : Name(parent), new CreationTime(time),
        definition == 0 ? [new ListedDisk("vdz", DiskMode.No, null)] : [],
        definition == 0 ? null : TestStore.Definition(id, "random", definition));

    private static MomentName Name(string name) => MomentName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name);
}
