using System.Net;
using System.Net.Sockets;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>
/// Which addresses a webhook may lead to. Who may make webhooks must not reach, through this server, what only it can reach (server-side request forgery): so
/// nothing but the public internet, unless the operator allows more. What is looked at is the address that is connected to, whatever the name said before.
/// </summary>
/// <param name="allowed">Networks of the operator's choice.</param>
public sealed class WebhookTargets(IReadOnlyList<IPNetwork> allowed)
{
    // IANA's special-purpose registries (RFC 6890 and its updates): what is not globally reachable, or stands for an address of the other family.
    private static readonly IPNetwork[] Special =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Whether it was named by the operator: then http will do, too.</summary>
    public bool IsNamed(IPAddress address) => allowed.Any(network => network.Contains(Plain(address)));

    public bool IsAllowed(IPAddress address) => IsNamed(address) || IsPublic(Plain(address));

    /// <summary>Connects to the first address of a name that may be connected to.</summary>
    /// <exception cref="TargetRefusedException">There is none.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = context.DnsEndPoint;
        var isPlain = context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttp;
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        var open = addresses.Where(address => isPlain ? IsNamed(address) : IsAllowed(address)).ToArray();
        if (open.Length == 0)
        {
            throw new TargetRefusedException(isPlain && addresses.Any(IsAllowed)
                ? $"{target.Host} is reached over the internet, and has to be https"
                : $"{target.Host} is {string.Join(", ", addresses.Select(address => address.ToString()))}, which is no public address and none of those allowed with --webhook-allow");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsPublic(IPAddress address) =>
        !Special.Any(network => network.Contains(address)) && (address.AddressFamily == AddressFamily.InterNetwork || Global6.Contains(address));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>A webhook leads to where this server does not go.</summary>
public sealed class TargetRefusedException(string message) : Exception(message);
