using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Libvirt;

namespace EventCheckpoints.Host.Cli.Hosts;

/// <summary>All domains of a libvirt host as they are at one moment; of all, since a disk may be another domain's now.</summary>
/// <exception cref="LibvirtException">The host cannot be asked.</exception>
internal sealed class HostLook : IDisposable
{
    private readonly LibvirtConnection _host;
    private readonly DiskSources _sources;

    public HostLook(LibvirtConnection host)
    {
        (_host, Name) = (host, host.Driver);
        Domains = [.. host.Domains().Select(SeenDomain.Of)];
        _sources = new DiskSources(Domains);
    }

    public HostName Name { get; }

    public IReadOnlyList<SeenDomain> Domains { get; }

    /// <param name="only">A domain's name or uuid; null for all.</param>
    public IEnumerable<SeenDomain> Of(string? only) => Domains.Where(domain => only is null || only == domain.Name || (DomainId.TryParse(only, out var id) && id == domain.Id));

    /// <summary>What there is to say of a domain's disks, to be compared with what was seen before.</summary>
    /// <param name="listed">The checkpoints that the host knows of it.</param>
    /// <param name="bitmaps">What is in the disks; null where they were not looked into.</param>
    public async Task<Observation> ObserveAsync(SeenDomain seen, IReadOnlyList<MomentName> listed, ObservationView before, DiskBitmaps.Look? bitmaps)
    {
        var disks = seen.Disks();
        HostDisk[] were = [.. before.Disks, .. before.Checkpoints.SelectMany(checkpoint => checkpoint.Faults).Select(fault => fault.Was).OfType<HostDisk>()];
        var observed = new List<ObservedDisk>();
        foreach (var disk in disks)
        {
            // An overlay goes on from what is below it; asked for where the disk is at another place than it was.
            var moved = were.Any(was => was.Target == disk.Target && was.Source != disk.Source);
            observed.Add(new ObservedDisk(disk, moved ? await QemuImage.BackingAsync(disk.Source, _host.IsLocal) : [], bitmaps?.Disks.FirstOrDefault(one => one.Target == disk.Target)?.Bitmaps));
        }

        return new Observation(Name, listed, observed, _sources.Of(seen, disks.Concat(were).Select(disk => disk.Source)));
    }

    public void Dispose()
    {
        foreach (var domain in Domains) domain.Domain.Dispose();
    }
}
