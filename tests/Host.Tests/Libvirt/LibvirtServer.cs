using System.Diagnostics;
using EventCheckpoints.Host.Libvirt;
using Xunit;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>
/// A real libvirt with QEMU (emulated, no KVM) in session mode, all of it in a directory of its own; as nobody where the tests run as root. It can be started again, guests live on.
/// </summary>
public sealed class LibvirtServer : IAsyncLifetime
{
    private const string Daemon = "/usr/sbin/libvirtd";
    private const string Emulator = "/usr/bin/qemu-system-x86_64";

    /// <summary>It lives as long as the shell's standard input is open. What goes then are the guests too, unless it is only to start again.</summary>
    private const string Script =
        $"""
        {Daemon} & daemon=$!
        cat >/dev/null
        kill $daemon
        wait $daemon
        [ -e again ] && exit
        for guest in run/libvirt/qemu/run/*.pid; do case $guest in */driver.pid) ;; *) kill -9 $(cat "$guest") ;; esac; done
        """;

    // Sockets have short paths (sun_path, 108 bytes).
    private readonly string _directory = Directory.CreateTempSubdirectory("eclv-").FullName;
    private Process? _shell;

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? Missing => File.Exists(Daemon) && File.Exists(Emulator) && File.Exists("/usr/bin/qemu-img")
        ? null
        : "libvirt with QEMU is not installed (Debian: apt install libvirt-daemon qemu-system-x86 qemu-utils)";

    public string Uri => $"qemu+unix:///session?socket={_directory}/run/libvirt/libvirt-sock";

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        Directory.CreateDirectory(Path.Combine(_directory, "config/libvirt"));
        Directory.CreateDirectory(Path.Combine(_directory, "run"));
        // No daemon of its own for the guests' consoles.
        await File.WriteAllTextAsync(Path.Combine(_directory, "config/libvirt/qemu.conf"), "stdio_handler = \"file\"\n");
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["-R", "nobody:nogroup", _directory]);
        await StartAsync();
    }

    /// <summary>Restarts the daemon, as an update of its package does.</summary>
    public async Task StartAgainAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "again"), "");
        await StopAsync();
        File.Delete(Path.Combine(_directory, "again"));
        await StartAsync();
    }

    /// <summary>The XML of a domain with two new disks, as a file to define it from.</summary>
    public async Task<string> DomainFileAsync(string name, Guid id)
    {
        foreach (var disk in (string[])["vda", "vdb"])
            await RunAsync("setpriv", [.. AsUser, "qemu-img", "create", "-q", "-f", "qcow2", Disk(name, disk), "8M"]);
        var path = Path.Combine(_directory, $"{name}.{id}.xml");
        await File.WriteAllTextAsync(path, DomainXml(name, id));
        return path;
    }

    /// <summary>The same disks under another UUID, as after a rebuild.</summary>
    public async Task<string> RebuiltFileAsync(string name, Guid id)
    {
        var path = Path.Combine(_directory, $"{name}.{id}.xml");
        await File.WriteAllTextAsync(path, DomainXml(name, id));
        return path;
    }

    /// <summary>A file for virsh to read.</summary>
    public async Task<string> FileAsync(string text)
    {
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.xml");
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    public string PathOf(string file) => Path.Combine(_directory, file);

    /// <summary>A disk's file.</summary>
    public string Disk(string domain, string target) => Path.Combine(_directory, $"{domain}.{target}.qcow2");

    /// <summary>Kills QEMU, which then closes nothing, and waits until libvirt has seen it.</summary>
    public async Task KillQemuAsync(string domain)
    {
        using (var qemu = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(PathOf($"run/libvirt/qemu/run/{domain}.pid")), null))) qemu.Kill();
        await Eventually.Async(async () => (await VirshAsync($"domstate {domain}")).Contains("shut off", StringComparison.Ordinal), () => "libvirt does not see that QEMU is gone");
    }

    /// <summary>What the real virsh prints; it has to succeed.</summary>
    public Task<string> VirshAsync(string commands) => RunAsync("virsh", ["-q", "-c", Uri, commands]);

    /// <summary>All that virsh shows of a domain's checkpoints: the tree, and the XML of each.</summary>
    public async Task<string> ShownAsync(string domain)
    {
        var names = (await VirshAsync($"checkpoint-list {domain} --name")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return await VirshAsync(string.Join("; ", [$"checkpoint-list {domain} --tree", .. names.Select(name => $"checkpoint-dumpxml {domain} {name}")]));
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

    private static string[] AsUser => Environment.IsPrivilegedProcess ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"] : ["--"];

    private string DomainXml(string name, Guid id) =>
        $"""
        <domain type='qemu'>
          <name>{name}</name>
          <uuid>{id}</uuid>
          <memory unit='MiB'>64</memory>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <devices>
            <emulator>{Emulator}</emulator>
            <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{Disk(name, "vda")}'/><target dev='vda' bus='virtio'/></disk>
            <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{Disk(name, "vdb")}'/><target dev='vdb' bus='virtio'/></disk>
            <controller type='usb' model='none'/>
            <memballoon model='none'/>
          </devices>
        </domain>
        """;

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo("setpriv", [.. AsUser, "sh", "-c", Script]) { WorkingDirectory = _directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, place) in (ReadOnlySpan<(string, string)>)[("HOME", ""), ("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")])
            start.Environment[name] = Path.Combine(_directory, place);
        _shell = Process.Start(start)!;
        _shell.BeginOutputReadLine();
        _shell.BeginErrorReadLine();
        await Eventually.Async(() => Task.FromResult(Answers()), () => "libvirt does not answer");
    }

    private bool Answers()
    {
        try
        {
            using var connection = LibvirtConnection.Open(Uri);
            return true;
        }
        catch (LibvirtException)
        {
            return false;
        }
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
