namespace EventCheckpoints.Domain.Xml;

/// <summary>The disks of a <c>&lt;domain&gt;</c> (virDomainDiskDefParseXML), in the order libvirt keeps them.</summary>
internal static class DefinitionDisks
{
    /// <summary>
    /// virDomainDiskInsert puts each disk behind the last one of its bus that is not after it by target, a first one of a bus at the end: buses
    /// in the order they first appear, in each a stable sort by target.
    /// </summary>
    public static DefinitionDisk[] Read(IEnumerable<XmlNode> nodes) =>
    [
        .. nodes.Select(node => (Disk: Read(node), Bus: Bus(node)))
            .GroupBy(disk => disk.Bus)
            .SelectMany(bus => bus.OrderBy(disk => TargetIndex(disk.Disk.Target)))
            .Select(disk => disk.Disk),
    ];

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

    private static string Bus(XmlNode disk) => disk.First("target")!.Attribute("bus") ?? DefaultBus(disk.Attribute("device"), Target(disk)!);

    private static string DefaultBus(string? device, string target) => device == "floppy" ? "fdc"
        : target.StartsWith("sd", StringComparison.Ordinal) ? "scsi"
        : target.StartsWith("vd", StringComparison.Ordinal) ? "virtio"
        : target.StartsWith("xvd", StringComparison.Ordinal) ? "xen"
        : target.StartsWith("ubd", StringComparison.Ordinal) ? "uml"
        : "ide";

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
