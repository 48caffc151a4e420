using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EventCheckpoints.Tests;

/// <summary>
/// A RabbitMQ of the test's own on loopback ports, with an Erlang port mapper (epmd) of its own too, so that neither meets those of the machine. It can be killed and started again.
/// </summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>Both live as long as the shell's standard input is open: they go with the tests however those end, and are killed like by a power cut.</summary>
    private const string Script =
        $"""
        epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" & mapper=$!
        {Program} & broker=$!
        cat >/dev/null
        kill -9 $broker $mapper
        wait
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("eventcheckpoints-rabbit-").FullName;
    private readonly int[] _ports = FreePorts(3);
    private Process? _shell;

    private RabbitServer()
    {
    }

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"RabbitMQ is not installed (Debian: apt install rabbitmq-server): there is no {Program}";

    /// <summary>For its administrator, who is let in from this machine only.</summary>
    public string Uri => $"amqp://guest:guest@127.0.0.1:{_ports[0]}/";

    public static async Task<RabbitServer> StartAsync()
    {
        var server = new RabbitServer();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Returns once clients are let in; what was durable is there again.</summary>
    public async Task StartAgainAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "rabbitmq.conf"),
            $"""
            listeners.tcp.local = 127.0.0.1:{_ports[0]}
            log.console = true
            log.console.level = info
            log.file = false

            """);
        var start = new ProcessStartInfo("sh", ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        foreach (var (name, value) in Settings()) start.Environment[name] = value;
        var (said, started) = (new StringBuilder(), new TaskCompletionSource());
        _shell = Process.Start(start)!;
        _shell.OutputDataReceived += Take;
        _shell.ErrorDataReceived += Take;
        _shell.BeginOutputReadLine();
        _shell.BeginErrorReadLine();
        await started.Task.WaitAsync(TimeSpan.FromMinutes(2));

        void Take(object sender, DataReceivedEventArgs line)
        {
            lock (said) said.AppendLine(line.Data);
            if (line.Data?.Contains("Server startup complete", StringComparison.Ordinal) == true) started.TrySetResult();
            if (line.Data?.Contains("BOOT FAILED", StringComparison.Ordinal) == true) started.TrySetException(new InvalidOperationException($"RabbitMQ does not start: {said}"));
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_shell is not { } shell) return;
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
        _shell = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("HOME", _directory),
        ("ERL_EPMD_ADDRESS", "127.0.0.1"),
        ("ERL_EPMD_PORT", $"{_ports[1]}"),
        // Then the script becomes the broker, and the shell knows whom to kill.
        ("RUNNING_UNDER_SYSTEMD", "1"),
        ("RABBITMQ_NODENAME", "eventcheckpoints@localhost"),
        ("RABBITMQ_DIST_PORT", $"{_ports[2]}"),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
        // The machine's own settings are another broker's.
        ("RABBITMQ_CONF_ENV_FILE", Path.Combine(_directory, "none")),
        ("RABBITMQ_CONFIG_FILE", Path.Combine(_directory, "rabbitmq.conf")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(_directory, "enabled_plugins")),
        ("RABBITMQ_PLUGINS_EXPAND_DIR", Path.Combine(_directory, "plugins")),
        ("RABBITMQ_MNESIA_BASE", Path.Combine(_directory, "mnesia")),
        ("RABBITMQ_LOG_BASE", Path.Combine(_directory, "log")),
        ("RABBITMQ_PID_FILE", Path.Combine(_directory, "pid")),
    ];

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
