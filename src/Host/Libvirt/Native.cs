using System.Runtime.InteropServices;

namespace EventCheckpoints.Host.Libvirt;

/// <summary>The functions of libvirt's C library that are needed (libvirt-host.h, libvirt-domain.h, libvirt-domain-checkpoint.h), under their own names.</summary>
internal static partial class Native
{
    private const string Library = "libvirt.so.0";

    /// <summary>What only QEMU has (libvirt-qemu.h); it comes with the other.</summary>
    private const string QemuLibrary = "libvirt-qemu.so.0";

    /// <summary>VIR_DOMAIN_XML_SECURE and VIR_DOMAIN_XML_INACTIVE.</summary>
    public const uint DomainXmlSecure = 1, DomainXmlInactive = 2;

    /// <summary>VIR_DOMAIN_CHECKPOINT_XML_SECURE and _NO_DOMAIN.</summary>
    public const uint CheckpointXmlSecure = 1, CheckpointXmlNoDomain = 2;

    /// <summary>VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL.</summary>
    public const uint ListTopological = 2;

    /// <summary>VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE and _REDEFINE_VALIDATE.</summary>
    public const uint CreateRedefine = 1, CreateRedefineValidate = 4;

    [LibraryImport(Library)]
    public static unsafe partial void virSetErrorFunc(nint userData, delegate* unmanaged<nint, nint, void> handler);

    [LibraryImport(Library)]
    public static partial int virGetLastErrorCode();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint virGetLastErrorMessage();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ConnectionHandle virConnectOpen(string uri);

    [LibraryImport(Library)]
    public static partial int virConnectClose(nint connection);

    [LibraryImport(Library)]
    public static partial nint virConnectGetHostname(ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial nint virConnectGetURI(ConnectionHandle connection);

    [LibraryImport(Library)]
    public static partial int virConnectListAllDomains(ConnectionHandle connection, out nint domains, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DomainHandle virDomainLookupByUUIDString(ConnectionHandle connection, string uuid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DomainHandle virDomainLookupByName(ConnectionHandle connection, string name);

    [LibraryImport(Library)]
    public static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    public static partial nint virDomainGetName(DomainHandle domain);

    [LibraryImport(Library)]
    public static unsafe partial int virDomainGetUUIDString(DomainHandle domain, byte* uuid);

    [LibraryImport(Library)]
    public static partial int virDomainIsActive(DomainHandle domain);

    [LibraryImport(QemuLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virDomainQemuMonitorCommand(DomainHandle domain, string command, out nint result, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virDomainGetBlockInfo(DomainHandle domain, string disk, out BlockInfo info, uint flags);

    [LibraryImport(Library)]
    public static partial nint virDomainGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainListAllCheckpoints(DomainHandle domain, out nint checkpoints, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CheckpointHandle virDomainCheckpointCreateXML(DomainHandle domain, string xml, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CheckpointHandle virDomainCheckpointLookupByName(DomainHandle domain, string name, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainCheckpointDelete(CheckpointHandle checkpoint, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainCheckpointFree(nint checkpoint);

    [LibraryImport(Library)]
    public static partial nint virDomainCheckpointGetXMLDesc(CheckpointHandle checkpoint, uint flags);

    /// <summary>libc's: what libvirt hands over is the caller's to free.</summary>
    [LibraryImport("libc")]
    public static partial void free(nint memory);

    /// <summary>For <see cref="virSetErrorFunc"/>: libvirt prints every error to standard error unless somebody else hears of it.</summary>
    [UnmanagedCallersOnly]
    public static void HearNothing(nint userData, nint error)
    {
        // The error is asked for where the call failed.
    }
}

/// <summary>virDomainBlockInfo: bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BlockInfo
{
    public readonly ulong Capacity;
    public readonly ulong Allocation;
    public readonly ulong Physical;
}

internal sealed class ConnectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.virConnectClose(handle) >= 0;
}

internal sealed class DomainHandle() : SafeHandle(0, ownsHandle: true)
{
    public DomainHandle(nint domain)
        : this() => SetHandle(domain);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.virDomainFree(handle) == 0;
}

internal sealed class CheckpointHandle() : SafeHandle(0, ownsHandle: true)
{
    public CheckpointHandle(nint checkpoint)
        : this() => SetHandle(checkpoint);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Native.virDomainCheckpointFree(handle) == 0;
}
