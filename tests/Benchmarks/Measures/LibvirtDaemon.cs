using System.Diagnostics;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>A libvirt daemon of its own, as nobody where this runs as root, for its test driver: what is defined there is there for all who are connected, as long as somebody is.</summary>
internal sealed class LibvirtDaemon : IAsyncDisposable
{
    // Sockets have short paths (sun_path, 108 bytes).
    private readonly string _directory = Directory.CreateTempSubdirectory("ecbv-").FullName;
    private Process? _shell;

    public string Uri => $"test+unix:///default?socket={_directory}/run/libvirt/libvirt-sock";

    public string PathOf(string file) => Path.Combine(_directory, file);

    public static async Task<LibvirtDaemon> StartAsync()
    {
        var daemon = new LibvirtDaemon();
        Directory.CreateDirectory(daemon.PathOf("run"));
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["-R", "nobody:nogroup", daemon._directory]);
        string[] user = Environment.IsPrivilegedProcess ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"] : ["--"];
        // It ends with our end of its standard input, however we end.
        var start = new ProcessStartInfo("setpriv", [.. user, "sh", "-c", "/usr/sbin/libvirtd & daemon=$!; cat >/dev/null; kill $daemon; wait $daemon"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, place) in (ReadOnlySpan<(string, string)>)[("HOME", ""), ("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")])
            start.Environment[name] = daemon.PathOf(place);
        daemon._shell = Process.Start(start)!;
        daemon._shell.BeginOutputReadLine();
        daemon._shell.BeginErrorReadLine();
        for (var since = Stopwatch.StartNew(); !await daemon.AnswersAsync();)
        {
            if (since.Elapsed > TimeSpan.FromSeconds(30)) throw new InvalidOperationException("libvirtd does not answer");
            await Task.Delay(50);
        }

        return daemon;
    }

    /// <summary>What a program prints; it has to succeed.</summary>
    public static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return run.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_shell is { } shell)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        using var virsh = Process.Start(new ProcessStartInfo("virsh", ["-q", "-c", Uri, "uri"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await virsh.WaitForExitAsync();
        return virsh.ExitCode == 0;
    }
}
