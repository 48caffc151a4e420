namespace EventCheckpoints.Domain.Xml;

/// <summary>The disks a checkpoint lists against those its domain has (checkpoint_conf.c, virDomainCheckpointAlignDisks).</summary>
public static class DiskAlignment
{
    /// <summary>
    /// One disk for every disk of the domain, in the domain's order: the listed one, else left out where any is listed, else tracked unless it is
    /// empty or read-only. A bitmap without a name gets the checkpoint's. Refuses, in this order, with <see cref="Rule.TooManyDisks"/>,
    /// <see cref="Rule.DomainWithoutDisks"/>, and disk by disk <see cref="Rule.DiskUnknown"/>, <see cref="Rule.DiskTwice"/>,
    /// <see cref="Rule.DiskEmptyOrReadOnly"/>.
    /// </summary>
    public static Result<IReadOnlyList<CheckpointDisk>> Align(
        IReadOnlyList<ListedDisk> listed, IReadOnlyList<DefinitionDisk> domainDisks, MomentName checkpoint)
    {
        if (listed.Count > domainDisks.Count)
            return new Refusal(Rule.TooManyDisks, "too many disk checkpoint requests for domain");
        if (domainDisks.Count == 0)
            return new Refusal(Rule.DomainWithoutDisks, "domain must have at least one disk to perform checkpoints");

        var places = new DiskPlaces(domainDisks);
        var aligned = new CheckpointDisk?[domainDisks.Count];
        foreach (var disk in listed)
        {
            if (places.Find(disk.Name) is not { } place)
                return new Refusal(Rule.DiskUnknown, $"no disk named '{disk.Name}'");
            if (aligned[place] is not null)
                return new Refusal(Rule.DiskTwice, $"disk '{disk.Name}' specified twice");
            if (!IsTrackable(domainDisks[place]) && disk.Mode != DiskMode.No)
                return new Refusal(Rule.DiskEmptyOrReadOnly, $"disk '{disk.Name}' is empty or readonly");
            aligned[place] = Named(disk with { Name = domainDisks[place].Target }, checkpoint);
        }

        for (var place = 0; place < aligned.Length; place++)
        {
            var mode = listed.Count == 0 && IsTrackable(domainDisks[place]) ? DiskMode.Bitmap : DiskMode.No;
            aligned[place] ??= Named(new ListedDisk(domainDisks[place].Target, mode, null), checkpoint);
        }

        return aligned!;
    }

    /// <summary>A redefine without <c>&lt;domain&gt;</c>: the disks as listed, unknown, repeated and path names too (virDomainCheckpointDefAssignBitmapNames).</summary>
    public static IReadOnlyList<CheckpointDisk> AsListed(IReadOnlyList<ListedDisk> listed, MomentName checkpoint) =>
        [.. listed.Select(disk => Named(disk, checkpoint))];

    private static bool IsTrackable(DefinitionDisk disk) => !disk.Empty && !disk.ReadOnly;

    private static CheckpointDisk Named(ListedDisk disk, MomentName checkpoint) => disk.Mode == DiskMode.No
        ? new CheckpointDisk(disk.Name, DiskMode.No, null)
        : new CheckpointDisk(disk.Name, DiskMode.Bitmap, disk.Bitmap ?? checkpoint.Value);

    /// <summary>virDomainDiskIndexByName without ambiguity: an absolute path is a source and must be only one disk's; any other name is a target.</summary>
    private sealed class DiskPlaces
    {
        private readonly Dictionary<string, int?> places = [];

        public DiskPlaces(IReadOnlyList<DefinitionDisk> disks)
        {
            for (var place = 0; place < disks.Count; place++)
            {
                places.TryAdd(disks[place].Target, place);
                if (disks[place].Source is { } source && IsPath(source) && !places.TryAdd(source, place))
                    places[source] = null;
            }
        }

        public int? Find(string name) => places.GetValueOrDefault(name);

        private static bool IsPath(string name) => name.StartsWith('/');
    }
}
