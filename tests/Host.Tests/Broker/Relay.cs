using System.Net;
using System.Net.Sockets;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>A line to a server that can be cut, and before that go deaf on one side: what is sent arrives, and its answers do not.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly List<TcpClient> _lines = [];
    private readonly Task _accepting;
    private volatile bool _deaf;

    /// <param name="server">The server's port on this machine.</param>
    public Relay(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From here on no answer comes through.</summary>
    public void GoDeaf() => _deaf = true;

    /// <summary>All that is connected is cut off; who connects again hears everything.</summary>
    public void Cut()
    {
        lock (_lines)
        {
            foreach (var line in _lines) line.Dispose();
            _lines.Clear();
            _deaf = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        Cut();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, _server);
                lock (_lines) _lines.AddRange([client, server]);
                _ = PassAsync(client.GetStream(), server.GetStream(), answers: false);
                _ = PassAsync(server.GetStream(), client.GetStream(), answers: true);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, bool answers)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await from.ReadAsync(buffer)) > 0;)
                if (!answers || !_deaf) await to.WriteAsync(buffer.AsMemory(0, read));
            to.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception cut) when (cut is IOException or ObjectDisposedException or SocketException)
        {
            // The other side hears of it by its own line.
        }
    }
}
