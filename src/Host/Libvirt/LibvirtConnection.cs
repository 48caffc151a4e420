using System.Runtime.InteropServices;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Libvirt;

/// <summary>
/// A libvirt host, as its URI names it (qemu:///system, qemu+ssh://…, test:///…). Opened for reading and writing: libvirt gives no secrets over a read-only
/// connection, and a definition without them is not the one that was taken.
/// </summary>
public sealed class LibvirtConnection : IDisposable
{
    private readonly ConnectionHandle _connection;

    private LibvirtConnection(ConnectionHandle connection, string uri) => (_connection, IsLocal) = (connection, Uri.TryCreate(uri, UriKind.Absolute, out var read) && read.Host.Length == 0);

    /// <summary>Whether its files are this machine's: the URI names no other.</summary>
    public bool IsLocal { get; }

    /// <summary>What the host calls itself (virConnectGetHostname).</summary>
    /// <exception cref="LibvirtException">The host cannot be asked.</exception>
    public string HostName => LibvirtAnswer.TakeText(Native.virConnectGetHostname(_connection));

    /// <summary>The driver and the machine it is on (virConnectGetHostname, virConnectGetURI), whatever way leads there.</summary>
    /// <exception cref="LibvirtException">The host cannot be asked.</exception>
    public HostName Driver
    {
        get
        {
            var uri = LibvirtAnswer.TakeText(Native.virConnectGetURI(_connection));
            var scheme = uri[..uri.IndexOf(':', StringComparison.Ordinal)].Split('+')[0];
            var path = Uri.TryCreate(uri, UriKind.Absolute, out var read) ? read.AbsolutePath : "/";
            return Domain.HostName.TryParse($"{HostName}:{scheme}{path}", out var name)
                ? name
                : throw new LibvirtException(0, $"the host calls itself '{HostName}', with the URI '{uri}', which is no name for it here");
        }
    }

    /// <exception cref="LibvirtException">There is no libvirt on this machine, or none answers at that URI.</exception>
    public static LibvirtConnection Open(string uri)
    {
        try
        {
            unsafe
            {
                Native.virSetErrorFunc(0, &Native.HearNothing);
            }

            var connection = Native.virConnectOpen(uri);
            return connection.IsInvalid ? throw LibvirtAnswer.Failure() : new LibvirtConnection(connection, uri);
        }
        catch (DllNotFoundException)
        {
            throw new LibvirtException(0, "libvirt's library is not on this machine: install it with 'apt-get install libvirt0' and try again");
        }
    }

    /// <summary>All domains, running or not, in the order of their names; each is the caller's to dispose.</summary>
    /// <exception cref="LibvirtException">The host cannot be asked.</exception>
    public IReadOnlyList<LibvirtDomain> Domains()
    {
        var count = Native.virConnectListAllDomains(_connection, out var list, 0);
        return [.. LibvirtAnswer.TakeList(list, count).Select(domain => new LibvirtDomain(new DomainHandle(domain))).OrderBy(domain => domain.Name, StringComparer.Ordinal)];
    }

    /// <summary>The domain of that UUID; null where the host has none.</summary>
    /// <exception cref="LibvirtException">The host cannot be asked.</exception>
    public LibvirtDomain? Find(DomainId id) => Found(Native.virDomainLookupByUUIDString(_connection, id.ToString()));

    /// <summary>The domain of that name; null where the host has none.</summary>
    /// <exception cref="LibvirtException">The host cannot be asked.</exception>
    public LibvirtDomain? Find(DomainName name) => Found(Native.virDomainLookupByName(_connection, name.Value));

    public void Dispose() => _connection.Dispose();

    private static LibvirtDomain? Found(DomainHandle domain)
    {
        if (!domain.IsInvalid) return new LibvirtDomain(domain);
        var failure = LibvirtAnswer.Failure();
        return failure.Code == LibvirtException.NoDomain ? null : throw failure;
    }
}

/// <summary>What libvirt's functions give back: memory that is ours to free, or nothing and an error of the calling thread.</summary>
internal static class LibvirtAnswer
{
    public static LibvirtException Failure() => new(Native.virGetLastErrorCode(), Marshal.PtrToStringUTF8(Native.virGetLastErrorMessage())!);

    /// <exception cref="LibvirtException">There is none.</exception>
    public static string TakeText(nint text)
    {
        if (text == 0) throw Failure();
        try
        {
            return Marshal.PtrToStringUTF8(text)!;
        }
        finally
        {
            Native.free(text);
        }
    }

    /// <exception cref="LibvirtException">There is none.</exception>
    public static nint[] TakeList(nint list, int count)
    {
        if (count < 0) throw Failure();
        var items = new nint[count];
        Marshal.Copy(list, items, 0, count);
        Native.free(list);
        return items;
    }
}
