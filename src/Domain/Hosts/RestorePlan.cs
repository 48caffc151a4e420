using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Hosts;

/// <summary>What a host has to be given so that it knows again what the store knows of a domain.</summary>
/// <param name="Missing">What the host does not know, parents first: the order in which libvirt takes redefines.</param>
/// <param name="Differing">What it knows otherwise; a restore leaves it alone.</param>
/// <param name="Unknown">What the host has and the store does not.</param>
/// <param name="Leaves">How many checkpoints without children the host will have.</param>
/// <param name="AfterRestart">What libvirt takes as current once its daemon was started again: the only leaf of one unbranched chain, else none (virDomainMomentFindLeaf).</param>
public sealed record RestorePlan(
    IReadOnlyList<MomentName> Missing, IReadOnlyList<MomentName> Differing, IReadOnlyList<MomentName> Unknown, int Leaves, MomentName? AfterRestart)
{
    /// <param name="stored">As the store has them, parents first.</param>
    /// <param name="seen">As the host printed them. One whose parent is not there is taken for a root, as libvirt does when it loads its files.</param>
    public static RestorePlan Of(IReadOnlyList<RedefineXml> stored, IReadOnlyList<RedefineXml> seen)
    {
        var host = seen.ToDictionary(xml => xml.Name, Checkpoint);
        var store = stored.ToDictionary(xml => xml.Name, Checkpoint);
        var missing = stored.Where(xml => !host.ContainsKey(xml.Name)).Select(xml => xml.Name).ToArray();
        var after = new Dictionary<MomentName, Checkpoint>(host);
        foreach (var name in missing) after.Add(name, store[name]);
        var parents = after.Values.Select(checkpoint => checkpoint.Parent).OfType<MomentName>().ToHashSet();
        var roots = after.Values.Count(checkpoint => checkpoint.Parent is not { } parent || !after.ContainsKey(parent));
        MomentName[] leaves = [.. after.Keys.Where(name => !parents.Contains(name))];
        return new RestorePlan(
            missing,
            [.. stored.Where(xml => host.TryGetValue(xml.Name, out var other) && !other.Equals(store[xml.Name])).Select(xml => xml.Name)],
            [.. seen.Where(xml => !store.ContainsKey(xml.Name)).Select(xml => xml.Name)],
            leaves.Length,
            // One root and one leaf are one chain: every branch would end in a leaf of its own.
            roots == 1 && leaves.Length == 1 ? leaves[0] : null);
    }

    /// <summary>Without the <c>&lt;domain&gt;</c> inside, which libvirt prints as its own version of the day has it.</summary>
    private static Checkpoint Checkpoint(RedefineXml xml) =>
        new(xml.Name, xml.Description, xml.Parent, xml.CreationTime, DiskAlignment.AsListed(xml.Disks, xml.Name), null);
}
