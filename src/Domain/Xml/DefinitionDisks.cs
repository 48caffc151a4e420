namespace EventCheckpoints.Domain.Xml;

/// <summary>The disks of a <c>&lt;domain&gt;</c> (virDomainDiskDefParseXML), in the order libvirt keeps them.</summary>
internal static class DefinitionDisks
{
    /// <summary>
    /// As they stand after one reading. virDomainDiskInsert puts each disk behind the last one of its bus that is not after it by target, a first
    /// one of a bus at the end: buses in the order they first appear, in each a stable sort by target. Disks without a bus share none at this point.
    /// </summary>
    public static DefinitionDisk[] Read(IEnumerable<XmlNode> nodes) => [.. Inserted(nodes, disk => GivenBus(disk) ?? "").Select(Read)];

    /// <summary>
    /// As they stand in a defined domain once a checkpoint is made of it: libvirt copies the domain by writing and reading it again, and what is
    /// written has every bus (virDomainDefCopy).
    /// </summary>
    public static DefinitionDisk[] ReadTwice(IEnumerable<XmlNode> nodes) =>
        [.. Inserted(Inserted(nodes, disk => GivenBus(disk) ?? ""), disk => GivenBus(disk) ?? DefaultBus(disk)).Select(Read)];

    private static IEnumerable<XmlNode> Inserted(IEnumerable<XmlNode> disks, Func<XmlNode, string> bus) =>
        disks.GroupBy(bus).SelectMany(sharing => sharing.OrderBy(disk => TargetIndex(Target(disk)!)));

    /// <summary>target/@dev; libvirt drops Xen's old ioemu: prefix.</summary>
    public static string? Target(XmlNode disk)
    {
        var dev = disk.First("target")?.Attribute("dev");
        return dev is not null && dev.StartsWith("ioemu:", StringComparison.Ordinal) ? dev["ioemu:".Length..] : dev;
    }

    public static string WithoutTarget(XmlNode disk) =>
        Source(disk) is { } source ? $"missing target information for device {source}" : "missing target information for device";

    private static DefinitionDisk Read(XmlNode disk) => new(
        Target(disk)!,
        Source(disk),
        disk.First("readonly") is not null || disk.Attribute("device") == "cdrom",
        IsEmpty(disk),
        disk.First("serial") is { Text.Length: > 0 } serial ? serial.Text : null);

    private static string Kind(XmlNode disk) => disk.Attribute("type") ?? "file";

    /// <summary>virDomainDiskGetSource: the storage source's path. Gluster and RBD names begin with the volume or pool, which is not part of it.</summary>
    private static string? Source(XmlNode disk)
    {
        if (disk.First("source") is not { } source)
            return null;
        var path = Kind(disk) switch
        {
            "file" => source.Attribute("file"),
            "block" => source.Attribute("dev"),
            "dir" => source.Attribute("dir"),
            "network" => source.Attribute("name"),
            _ => null,
        };
        if (Kind(disk) == "network" && source.Attribute("protocol") is "gluster" or "rbd" && path?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
            path = path[(slash + 1)..];
        return string.IsNullOrEmpty(path) ? null : path;
    }

    /// <summary>virStorageSourceIsEmpty.</summary>
    private static bool IsEmpty(XmlNode disk) => Kind(disk) switch
    {
        "file" or "block" or "dir" => Source(disk) is null,
        "network" => disk.First("source")?.Attribute("protocol") is null or "none",
        _ => false,
    };

    private static string? GivenBus(XmlNode disk) => disk.First("target")!.Attribute("bus");

    private static string DefaultBus(XmlNode disk) => disk.Attribute("device") == "floppy" ? "fdc" : Target(disk)![..2] switch
    {
        "sd" => "scsi",
        "vd" => "virtio",
        "xv" => "xen",
        "ub" => "uml",
        _ => "ide",
    };

    /// <summary>virDiskNameToIndex: vda is 0, vdz 25, vdaa 26; digits behind the letters name a partition; -1 for a name of no such kind.</summary>
    private static int TargetIndex(string target)
    {
        if (Array.Find(Prefixes, prefix => target.StartsWith(prefix, StringComparison.Ordinal)) is not { } known)
            return -1;
        var letters = target.AsSpan(known.Length).TrimEnd("0123456789");
        var index = 0;
        foreach (var letter in letters)
        {
            if (!char.IsAsciiLetterLower(letter))
                return -1;
            index = unchecked((index * 26) + (letter - 'a') + 1);
        }

        return index - 1;
    }

    private static readonly string[] Prefixes = ["fd", "hd", "vd", "sd", "xvd", "ubd"];
}
