using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Hosts;

namespace EventCheckpoints.Host.Libvirt;

/// <summary>
/// The dirty bitmaps in a domain's disks. A running domain's are QEMU's to tell (query-named-block-nodes): its files are behind until it ends. Of one that is shut off they are read
/// from the files (qemu-img info), which only works on the machine that has them. Only the image that is written to is looked into, not those that it is based on.
/// </summary>
internal static class DiskBitmaps
{
    private const string Query = """{"execute":"query-named-block-nodes","arguments":{"flat":true}}""";

    /// <param name="Disks">Those that could be looked into.</param>
    /// <param name="Unseen">Targets of the others, with the reason.</param>
    public sealed record Look(IReadOnlyList<SeenDisk> Disks, IReadOnlyDictionary<string, string> Unseen);

    /// <param name="local">Whether the host is this machine.</param>
    /// <exception cref="LibvirtException">The domain is gone, or the host is.</exception>
    public static async Task<Look> ReadAsync(LibvirtDomain domain, IEnumerable<DefinitionDisk> definition, bool local)
    {
        var (disks, unseen) = (new List<SeenDisk>(), new Dictionary<string, string>());
        var running = domain.IsActive ? Running(domain.Monitor(Query)) : null;
        foreach (var disk in definition.Where(disk => disk is { ReadOnly: false, Empty: false }))
        {
            var (bitmaps, why) = running is null
                ? await StoppedAsync(disk.Source, local)
                : running.TryGetValue(disk.Source ?? "", out var told) ? (told, "") : (null, "QEMU has no image of that name open");
            if (bitmaps is null) unseen[disk.Target] = why;
            else disks.Add(new SeenDisk(disk.Target, bitmaps));
        }

        return new Look(disks, unseen);
    }

    /// <summary>By the file of a node; the format above a file is asked, which has the bitmaps, and the file below has none.</summary>
    private static Dictionary<string, SeenBitmap[]> Running(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("return").EnumerateArray()
            .Where(node => node.GetProperty("drv").GetString() is "qcow2")
            .GroupBy(node => node.GetProperty("file").GetString()!)
            .ToDictionary(
                nodes => nodes.Key,
                nodes => nodes.SelectMany(node => node.TryGetProperty("dirty-bitmaps", out var bitmaps) ? bitmaps.EnumerateArray().ToArray() : [])
                    .Where(bitmap => bitmap.TryGetProperty("name", out _))
                    .Select(bitmap => new SeenBitmap(bitmap.GetProperty("name").GetString()!, bitmap.TryGetProperty("inconsistent", out var broken) && broken.GetBoolean()))
                    .ToArray());
    }

    private static async Task<(IReadOnlyList<SeenBitmap>? Bitmaps, string Why)> StoppedAsync(string? source, bool local)
    {
        var (image, why) = await QemuImage.InfoAsync(source, local);
        if (image is null) return (null, why);
        using (image) return (Stopped(image.RootElement), "");
    }

    private static SeenBitmap[] Stopped(JsonElement image) =>
        image.TryGetProperty("format-specific", out var specific) && specific.GetProperty("data").TryGetProperty("bitmaps", out var bitmaps)
            ? [.. bitmaps.EnumerateArray().Select(bitmap => new SeenBitmap(
                bitmap.GetProperty("name").GetString()!,
                // Still in use with nobody there: whoever had it open did not close it.
                bitmap.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "in-use")))]
            : [];
}
