using System.Runtime.InteropServices;
using System.Text;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Libvirt;

/// <summary>A domain on a libvirt host.</summary>
public sealed class LibvirtDomain : IDisposable
{
    /// <summary>VIR_UUID_STRING_BUFLEN.</summary>
    private const int UuidBytes = 37;

    private readonly DomainHandle _domain;

    internal LibvirtDomain(DomainHandle domain)
    {
        _domain = domain;
        // The text is the domain's own, and nobody else's to free.
        Name = Marshal.PtrToStringUTF8(Native.virDomainGetName(domain)) ?? throw LibvirtAnswer.Failure();
        Id = ReadId(domain);
    }

    public string Name { get; }

    public DomainId Id { get; }

    /// <summary>Whether it runs (virDomainIsActive).</summary>
    /// <exception cref="LibvirtException">The domain is gone, or the host is.</exception>
    public bool IsActive => Native.virDomainIsActive(_domain) switch { 1 => true, 0 => false, _ => throw LibvirtAnswer.Failure() };

    /// <summary>A command of QEMU's monitor, as JSON, and its answer (virDomainQemuMonitorCommand). libvirt marks the domain as tainted by it.</summary>
    /// <exception cref="LibvirtException">It is not QEMU's, does not run, or the host cannot be asked.</exception>
    public string Monitor(string command) =>
        Native.virDomainQemuMonitorCommand(_domain, command, out var answer, 0) == 0 ? LibvirtAnswer.TakeText(answer) : throw LibvirtAnswer.Failure();

    /// <summary>What the domain is defined with, as it is at its next start, with secrets.</summary>
    /// <exception cref="LibvirtException">The domain is gone, or the host is.</exception>
    public string Definition() => LibvirtAnswer.TakeText(Native.virDomainGetXMLDesc(_domain, Native.DomainXmlSecure | Native.DomainXmlInactive));

    /// <summary>How large a disk is, in bytes (virDomainGetBlockInfo); null where the driver or the disk does not say.</summary>
    /// <param name="target">Such as vda.</param>
    public long? Capacity(string target) => Native.virDomainGetBlockInfo(_domain, target, out var info, 0) == 0 ? (long)info.Capacity : null;

    /// <summary>The XML of each checkpoint, with secrets, parents first (virDomainListAllCheckpoints, VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL).</summary>
    /// <exception cref="LibvirtException">The domain is gone, or the host is.</exception>
    public IReadOnlyList<string> Checkpoints()
    {
        using var listed = List();
        return [.. listed.All.Select(checkpoint => checkpoint.Xml())];
    }

    /// <summary>All checkpoints, parents first, each to be asked for its XML; the caller's to dispose.</summary>
    /// <exception cref="LibvirtException">The domain is gone, or the host is.</exception>
    public LibvirtCheckpoints List()
    {
        var count = Native.virDomainListAllCheckpoints(_domain, out var list, Native.ListTopological);
        return new LibvirtCheckpoints([.. LibvirtAnswer.TakeList(list, count).Select(checkpoint => new LibvirtCheckpoint(new CheckpointHandle(checkpoint)))]);
    }

    /// <summary>Puts a checkpoint's metadata (back); no disk is touched (virDomainCheckpointCreateXML, VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE).</summary>
    /// <param name="validate">Refuse it where a running domain's disks do not have its bitmaps (…_REDEFINE_VALIDATE).</param>
    /// <exception cref="LibvirtException">libvirt refuses it.</exception>
    public void Redefine(string xml, bool validate)
    {
        using var checkpoint = Native.virDomainCheckpointCreateXML(_domain, xml, Native.CreateRedefine | (validate ? Native.CreateRedefineValidate : 0));
        if (checkpoint.IsInvalid) throw LibvirtAnswer.Failure();
    }

    /// <summary>Deletes a checkpoint with its bitmaps, its children becoming its parent's (virDomainCheckpointDelete); nothing where there is none of that name.</summary>
    /// <exception cref="LibvirtException">libvirt refuses it.</exception>
    public void DeleteCheckpoint(MomentName name)
    {
        using var checkpoint = Native.virDomainCheckpointLookupByName(_domain, name.Value, 0);
        if (checkpoint.IsInvalid)
        {
            var failure = LibvirtAnswer.Failure();
            if (failure.Code == LibvirtException.NoCheckpoint) return;
            throw failure;
        }

        if (Native.virDomainCheckpointDelete(checkpoint, 0) < 0) throw LibvirtAnswer.Failure();
    }

    public void Dispose() => _domain.Dispose();

    private static unsafe DomainId ReadId(DomainHandle domain)
    {
        var text = stackalloc byte[UuidBytes];
        if (Native.virDomainGetUUIDString(domain, text) < 0) throw LibvirtAnswer.Failure();
        return DomainId.TryParse(Encoding.ASCII.GetString(text, UuidBytes - 1), out var id) ? id : throw new InvalidOperationException("libvirt gave a UUID that is none");
    }
}

/// <summary>Checkpoints of a domain on a libvirt host.</summary>
public sealed class LibvirtCheckpoints(IReadOnlyList<LibvirtCheckpoint> all) : IDisposable
{
    public IReadOnlyList<LibvirtCheckpoint> All => all;

    public void Dispose()
    {
        foreach (var checkpoint in all) checkpoint.Dispose();
    }
}

/// <summary>A checkpoint on a libvirt host.</summary>
public sealed class LibvirtCheckpoint : IDisposable
{
    private readonly CheckpointHandle _checkpoint;

    internal LibvirtCheckpoint(CheckpointHandle checkpoint) => _checkpoint = checkpoint;

    /// <summary>All of it, with secrets.</summary>
    /// <exception cref="LibvirtException">It is gone, or the host is.</exception>
    public string Xml() => LibvirtAnswer.TakeText(Native.virDomainCheckpointGetXMLDesc(_checkpoint, Native.CheckpointXmlSecure));

    /// <summary>All but the <c>&lt;domain&gt;</c> inside, which makes nearly all of its size (VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN).</summary>
    /// <exception cref="LibvirtException">It is gone, or the host is.</exception>
    public string XmlWithoutDomain() => LibvirtAnswer.TakeText(Native.virDomainCheckpointGetXMLDesc(_checkpoint, Native.CheckpointXmlNoDomain));

    public void Dispose() => _checkpoint.Dispose();
}
