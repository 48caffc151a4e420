using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Libvirt;

namespace EventCheckpoints.Host.Cli.Hosts;

/// <summary>A domain as a look at a libvirt host showed it.</summary>
/// <param name="Definition">Null, with a problem, where it could not be read.</param>
internal sealed record SeenDomain(LibvirtDomain Domain, Definition? Definition, string? Problem)
{
    public DomainId Id => Domain.Id;

    public string Name => Domain.Name;

    /// <summary>A domain may go while the others are looked at: that is its own problem.</summary>
    public static SeenDomain Of(LibvirtDomain domain)
    {
        try
        {
            var read = DefinitionReader.Read(domain.Definition());
            return read.Refusal is { } refusal ? new SeenDomain(domain, null, $"its definition cannot be read: {refusal.Message}") : new SeenDomain(domain, read.Value, null);
        }
        catch (LibvirtException gone)
        {
            return new SeenDomain(domain, null, gone.Message);
        }
    }

    /// <summary>The disks that can have bitmaps.</summary>
    public IReadOnlyList<HostDisk> Disks() =>
    [
        .. Writable.Select(disk => new HostDisk(disk.Target, disk.Source, disk.Serial, Domain.Capacity(disk.Target))),
    ];

    /// <summary>Where the data of those disks is.</summary>
    public IEnumerable<string> Sources => Writable.Select(disk => disk.Source).OfType<string>();

    private IEnumerable<DefinitionDisk> Writable => Definition?.Disks.Where(disk => disk is { ReadOnly: false, Empty: false }) ?? [];
}

/// <summary>Which domains of a host have which data as their disks.</summary>
internal sealed class DiskSources(IEnumerable<SeenDomain> domains)
{
    private readonly ILookup<string, SeenDomain> _users = domains.SelectMany(domain => domain.Sources, (domain, source) => (domain, source)).ToLookup(one => one.source, one => one.domain);

    /// <summary>Those of the sources that another domain has, with its name.</summary>
    public Dictionary<string, string> Of(SeenDomain domain, IEnumerable<string?> sources) => sources.OfType<string>().Distinct()
        .Select(source => (source, Other: _users[source].FirstOrDefault(other => other.Id != domain.Id)))
        .Where(one => one.Other is not null).ToDictionary(one => one.source, one => one.Other!.Name);
}
