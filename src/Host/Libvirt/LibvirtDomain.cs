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

    /// <summary>The XML of each checkpoint, with secrets, parents first (virDomainListAllCheckpoints, VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL).</summary>
    /// <exception cref="LibvirtException">The domain is gone, or the host is.</exception>
    public IReadOnlyList<string> Checkpoints()
    {
        var count = Native.virDomainListAllCheckpoints(_domain, out var list, Native.ListTopological);
        var checkpoints = LibvirtAnswer.TakeList(list, count).Select(checkpoint => new CheckpointHandle(checkpoint)).ToArray();
        try
        {
            return [.. checkpoints.Select(checkpoint => LibvirtAnswer.TakeText(Native.virDomainCheckpointGetXMLDesc(checkpoint, Native.CheckpointXmlSecure)))];
        }
        finally
        {
            foreach (var checkpoint in checkpoints) checkpoint.Dispose();
        }
    }

    /// <summary>Puts a checkpoint's metadata (back); no disk is touched (virDomainCheckpointCreateXML, VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE).</summary>
    /// <param name="validate">Refuse it where a running domain's disks do not have its bitmaps (…_REDEFINE_VALIDATE).</param>
    /// <exception cref="LibvirtException">libvirt refuses it.</exception>
    public void Redefine(string xml, bool validate)
    {
        using var checkpoint = Native.virDomainCheckpointCreateXML(_domain, xml, Native.CreateRedefine | (validate ? Native.CreateRedefineValidate : 0));
        if (checkpoint.IsInvalid) throw LibvirtAnswer.Failure();
    }

    public void Dispose() => _domain.Dispose();

    private static unsafe DomainId ReadId(DomainHandle domain)
    {
        var text = stackalloc byte[UuidBytes];
        if (Native.virDomainGetUUIDString(domain, text) < 0) throw LibvirtAnswer.Failure();
        return DomainId.TryParse(Encoding.ASCII.GetString(text, UuidBytes - 1), out var id) ? id : throw new InvalidOperationException("libvirt gave a UUID that is none");
    }
}
