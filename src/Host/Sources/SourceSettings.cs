using System.Text.Json;
using System.Text.Json.Serialization;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Sources;

/// <summary>A libvirt host that a running server learns from by itself.</summary>
/// <param name="Name">What people call it: 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', beginning with a letter or a digit.</param>
/// <param name="Uri">As libvirt takes it. It may name a command, so that only who configures the server may say it.</param>
/// <param name="Every">Seconds between the end of a look and the next one.</param>
/// <param name="Bitmaps">Whether the disks are looked into, too.</param>
/// <param name="Watch">libvirt's own store of checkpoints on this machine, such as /var/lib/libvirt/qemu/checkpoint: what changes in it leads to a look at once.</param>
/// <param name="Timeout">Seconds that a look may take.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SourceSettings(
    [property: JsonRequired] string Name, [property: JsonRequired] string Uri, int Every = 60, bool Bitmaps = false, string? Watch = null, int Timeout = 600)
{
    private string? Wrong() =>
        !Domain.HoldId.TryParse(Name, out _) ? $"'{Name}' is no name for a source: it has 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', and begins with a letter or a digit"
        : string.IsNullOrWhiteSpace(Uri) || Uri.StartsWith('-') ? $"source {Name} needs a URI such as qemu:///system"
        : Every is < 1 or > 86_400 ? $"source {Name}: every is {Every}, and has to be 1 to 86400 seconds"
        : Timeout is < 1 or > 86_400 ? $"source {Name}: timeout is {Timeout}, and has to be 1 to 86400 seconds"
        : Watch is not null && !Directory.Exists(Watch) ? $"source {Name}: there is no directory {Watch} to watch"
        : null;

    /// <summary>A JSON array of sources.</summary>
    /// <exception cref="StartupException">The file cannot be read, or says something else.</exception>
    public static IReadOnlyList<SourceSettings> Read(string path)
    {
        try
        {
            var sources = JsonSerializer.Deserialize<SourceSettings[]>(File.ReadAllText(path), Wire.Options);
            if (sources is not { Length: > 0 } || sources.Any(source => source is null)) throw new StartupException($"{path}: there is no source in it");
            if (sources.Select(source => source.Wrong()).FirstOrDefault(wrong => wrong is not null) is { } first) throw new StartupException($"{path}: {first}.");
            var twice = sources.GroupBy(source => source.Name).FirstOrDefault(of => of.Count() > 1);
            return twice is null ? sources : throw new StartupException($"{path}: source {twice.Key} is there twice.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupException($"{path}: {e.Message} It has to be a JSON array such as [{{\"name\":\"kvm7\",\"uri\":\"qemu+ssh://root@kvm7/system\",\"every\":60}}].");
        }
    }
}

/// <summary>The sources of this host, and how its own words reach it.</summary>
/// <param name="Token">For the server's own words; null where it wants none.</param>
public sealed record SourceOptions(IReadOnlyList<SourceSettings> All, string? Token)
{
    /// <summary>Who those words are, where the server asks.</summary>
    public const string Actor = "sources";

    public static SourceOptions None { get; } = new([], null);
}
