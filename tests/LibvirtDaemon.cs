using System.Diagnostics;

namespace EventCheckpoints.Tests;

/// <summary>
/// A libvirt daemon in session mode, all of it in a directory of its own; as nobody where this runs as root. It can be started again, guests live on. What its test driver has it has as long as somebody is connected.
/// </summary>
public sealed class LibvirtDaemon : IAsyncDisposable
{
    public const string Program = "/usr/sbin/libvirtd";

    /// <summary>It lives as long as the shell's standard input is open, however its owner ends. What goes then are the guests too, unless it is only to start again.</summary>
    private const string Script =
        $"""
        {Program} & daemon=$!
        cat >/dev/null
        kill $daemon
        wait $daemon
        [ -e again ] && exit
        for guest in run/libvirt/qemu/run/*.pid; do case $guest in */driver.pid|*/'*.pid') ;; *) kill -9 $(cat "$guest") ;; esac; done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Sockets have short paths (sun_path, 108 bytes).
    private readonly string _directory = Directory.CreateTempSubdirectory("eclv-").FullName;
    private Process? _shell;

    private LibvirtDaemon()
    {
    }

    /// <summary>For setpriv, before what the daemon's user runs.</summary>
    public static string[] AsUser => Environment.IsPrivilegedProcess ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"] : ["--"];

    public static async Task<LibvirtDaemon> StartAsync()
    {
        var daemon = new LibvirtDaemon();
        Directory.CreateDirectory(daemon.PathOf("config/libvirt"));
        Directory.CreateDirectory(daemon.PathOf("run"));
        // No daemon of its own for the guests' consoles.
        await File.WriteAllTextAsync(daemon.PathOf("config/libvirt/qemu.conf"), "stdio_handler = \"file\"\n");
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["-R", "nobody:nogroup", daemon._directory]);
        await daemon.RunAsync();
        return daemon;
    }

    /// <param name="driver">Such as qemu.</param>
    /// <param name="path">Such as /session.</param>
    public string UriOf(string driver, string path) => $"{driver}+unix://{path}?socket={_directory}/run/libvirt/libvirt-sock";

    public string PathOf(string file) => Path.Combine(_directory, file);

    /// <summary>Restarts the daemon, as an update of its package does.</summary>
    public async Task StartAgainAsync()
    {
        await File.WriteAllTextAsync(PathOf("again"), "");
        await StopAsync();
        File.Delete(PathOf("again"));
        await RunAsync();
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
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task RunAsync()
    {
        var start = new ProcessStartInfo("setpriv", [.. AsUser, "sh", "-c", Script]) { WorkingDirectory = _directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, place) in (ReadOnlySpan<(string, string)>)[("HOME", ""), ("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")])
            start.Environment[name] = PathOf(place);
        _shell = Process.Start(start)!;
        _shell.BeginOutputReadLine();
        _shell.BeginErrorReadLine();
        for (var since = Stopwatch.StartNew(); !await AnswersAsync();)
        {
            if (since.Elapsed > Patience) throw new InvalidOperationException("libvirtd does not answer");
            await Task.Delay(50);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var virsh = Process.Start(new ProcessStartInfo("virsh", ["-q", "-c", UriOf("test", "/default"), "uri"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await virsh.WaitForExitAsync();
        return virsh.ExitCode == 0;
    }

    private async Task StopAsync()
    {
        if (_shell is not { } shell) return;
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
        _shell = null;
    }
}
