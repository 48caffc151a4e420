using System.Net.Sockets;

namespace EventCheckpoints.Tests;

/// <summary>Whether a Docker engine (or podman in its place) answers here: asked once, quickly, where Testcontainers would look too.</summary>
internal static class DockerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<bool> AnswersAsync()
    {
        foreach (var place in Places())
        {
            using var connection = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = place is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(place, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            using var client = new HttpClient(connection) { Timeout = Patience };
            try
            {
                using var answer = await client.GetAsync(new Uri("http://docker/_ping"));
                if (answer.IsSuccessStatusCode) return true;
            }
            catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
            {
            }
        }

        return false;
    }

    private static IEnumerable<System.Net.EndPoint> Places()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host)
        {
            if (!Uri.TryCreate(host, UriKind.Absolute, out var uri)) return [];
            return [uri.Scheme == "unix" ? new UnixDomainSocketEndPoint(uri.AbsolutePath) : new System.Net.DnsEndPoint(uri.Host, uri.Port)];
        }

        string?[] sockets =
        [
            "/var/run/docker.sock",
            Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime + "/docker.sock" : null,
            Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home + "/.docker/run/docker.sock" : null,
        ];
        return sockets.OfType<string>().Where(File.Exists).Select(socket => new UnixDomainSocketEndPoint(socket));
    }
}
