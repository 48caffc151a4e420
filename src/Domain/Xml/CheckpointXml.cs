namespace EventCheckpoints.Domain.Xml;

/// <summary>A disk as a <c>&lt;domaincheckpoint&gt;</c> lists it: by target or absolute path; mode and bitmap null where the XML is silent.</summary>
public sealed record ListedDisk(string Name, DiskMode? Mode, string? Bitmap);

/// <summary>
/// What libvirt reads of a <c>&lt;domaincheckpoint&gt;</c> on create (virDomainCheckpointDefParse without PARSE_REDEFINE): parent, creation time
/// and domain are checked against the schema and then ignored.
/// </summary>
/// <param name="Name">Null where the XML has none: the creation time becomes the name.</param>
/// <param name="Disks">Empty where the XML has no <c>&lt;disks&gt;</c>.</param>
public sealed record CreateXml(MomentName? Name, string? Description, IReadOnlyList<ListedDisk> Disks);

/// <summary>What libvirt reads of a <c>&lt;domaincheckpoint&gt;</c> on redefine (PARSE_REDEFINE).</summary>
/// <param name="Disks">As listed; empty where the XML has no <c>&lt;disks&gt;</c>.</param>
/// <param name="Definition">The embedded <c>&lt;domain&gt;</c>, verbatim, or null.</param>
public sealed record RedefineXml(
    MomentName Name,
    string? Description,
    MomentName? Parent,
    CreationTime CreationTime,
    IReadOnlyList<ListedDisk> Disks,
    Definition? Definition);

/// <summary>One <c>&lt;domaincheckpoint&gt;</c> of a list, read or refused.</summary>
/// <param name="Index">Its place among all items given, from 0.</param>
/// <param name="Name">Its name where it could be read.</param>
public sealed record ListItem(int Index, string? Name, Result<RedefineXml> Read);

/// <summary>
/// A document of checkpoints: one <c>&lt;domaincheckpoint&gt;</c>, a <c>&lt;checkpoints&gt;</c>, or a <c>&lt;domain&gt;</c> that holds one.
/// </summary>
/// <param name="Domain">The surrounding <c>&lt;domain&gt;</c> without its <c>&lt;checkpoints&gt;</c>, byte for byte as it was dumped; null where there is none.</param>
/// <param name="IsList">A <c>&lt;checkpoints&gt;</c> was there, so that <paramref name="Current"/> says something even when null.</param>
/// <param name="Current">checkpoints/@current as given.</param>
public sealed record ListDocument(Definition? Domain, bool IsList, string? Current, IReadOnlyList<ListItem> Items);
