using System.Runtime.InteropServices;
using EventCheckpoints.Host.Libvirt;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>A domain of libvirt's test driver, changed through the C library as some other program would.</summary>
internal sealed partial class TestDriver : IDisposable
{
    public const uint Redefine = 1;
    public const uint Children = 1, MetadataOnly = 2, ChildrenOnly = 4;
    private const string Library = "libvirt.so.0";
    private const uint NoDomain = 2;

    private readonly LibvirtConnection _open;
    private readonly nint _connection;
    private readonly nint _domain;

    private TestDriver(LibvirtConnection open, nint connection, nint domain) => (_open, _connection, _domain) = (open, connection, domain);

    public static TestDriver Open(string uri, string domain)
    {
        // It has libvirt's errors told to nobody.
        var open = LibvirtConnection.Open(uri);
        var connection = virConnectOpen(uri);
        return new TestDriver(open, connection, virDomainLookupByName(connection, domain));
    }

    /// <returns>Whether libvirt took it.</returns>
    public bool Create(string xml, uint flags)
    {
        var checkpoint = virDomainCheckpointCreateXML(_domain, xml, flags);
        if (checkpoint != 0) _ = virDomainCheckpointFree(checkpoint);
        return checkpoint != 0;
    }

    public void Delete(string name, uint flags)
    {
        var checkpoint = virDomainCheckpointLookupByName(_domain, name, 0);
        _ = virDomainCheckpointDelete(checkpoint, flags);
        _ = virDomainCheckpointFree(checkpoint);
    }

    public IReadOnlyList<string> Names()
    {
        var count = virDomainListAllCheckpoints(_domain, out var list, 0);
        var names = new List<string>();
        foreach (var checkpoint in LibvirtAnswer.TakeList(list, count))
        {
            names.Add(Marshal.PtrToStringUTF8(virDomainCheckpointGetName(checkpoint))!);
            _ = virDomainCheckpointFree(checkpoint);
        }

        // libvirt's own order is another each time.
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Without the domain inside.</summary>
    public string Xml(string name)
    {
        var checkpoint = virDomainCheckpointLookupByName(_domain, name, 0);
        var xml = LibvirtAnswer.TakeText(virDomainCheckpointGetXMLDesc(checkpoint, NoDomain));
        _ = virDomainCheckpointFree(checkpoint);
        return xml;
    }

    public void Dispose()
    {
        _ = virDomainFree(_domain);
        _ = virConnectClose(_connection);
        _open.Dispose();
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint virConnectOpen(string uri);

    [LibraryImport(Library)]
    private static partial int virConnectClose(nint connection);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint virDomainLookupByName(nint connection, string name);

    [LibraryImport(Library)]
    private static partial int virDomainFree(nint domain);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint virDomainCheckpointCreateXML(nint domain, string xml, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint virDomainCheckpointLookupByName(nint domain, string name, uint flags);

    [LibraryImport(Library)]
    private static partial int virDomainCheckpointDelete(nint checkpoint, uint flags);

    [LibraryImport(Library)]
    private static partial int virDomainListAllCheckpoints(nint domain, out nint checkpoints, uint flags);

    [LibraryImport(Library)]
    private static partial nint virDomainCheckpointGetName(nint checkpoint);

    [LibraryImport(Library)]
    private static partial nint virDomainCheckpointGetXMLDesc(nint checkpoint, uint flags);

    [LibraryImport(Library)]
    private static partial int virDomainCheckpointFree(nint checkpoint);
}
