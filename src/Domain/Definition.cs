namespace EventCheckpoints.Domain;

/// <summary>A disk as a definition has it (devices/disk).</summary>
/// <param name="Target">target/@dev, such as vda.</param>
/// <param name="Source">What virDomainDiskGetSource answers: the path, volume or network name; null where there is none.</param>
/// <param name="ReadOnly">A <c>&lt;readonly/&gt;</c> is there, or the device is a cdrom (which libvirt makes read-only).</param>
/// <param name="Empty">virStorageSourceIsEmpty: a local disk without a path.</param>
/// <param name="Serial">serial, where given.</param>
public sealed record DefinitionDisk(string Target, string? Source, bool ReadOnly, bool Empty, string? Serial);

/// <summary>A <c>&lt;domain&gt;</c> as it was at some moment: its text, never reformatted, and what the store reads from it.</summary>
/// <param name="Id">uuid; null where the XML has none (libvirt then makes one up on define).</param>
/// <param name="Disks">In the order libvirt keeps them: within one bus by target, buses in the order they first appear (virDomainDiskInsert).</param>
public sealed record Definition(string Xml, DefinitionHash Hash, DomainId? Id, DomainName Name, IReadOnlyList<DefinitionDisk> Disks);
