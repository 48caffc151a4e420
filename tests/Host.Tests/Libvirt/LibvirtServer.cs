using System.Diagnostics;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>A real libvirt with QEMU (emulated, no KVM) and what its guests are made of.</summary>
public sealed class LibvirtServer : IAsyncLifetime
{
    private const string Emulator = "/usr/bin/qemu-system-x86_64";

    private LibvirtDaemon? _daemon;

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? Missing => File.Exists(LibvirtDaemon.Program) && File.Exists(Emulator) && File.Exists("/usr/bin/qemu-img")
        ? null
        : "libvirt with QEMU is not installed (Debian: apt install libvirt-daemon qemu-system-x86 qemu-utils)";

    public string Uri => Daemon.UriOf("qemu", "/session");

    private LibvirtDaemon Daemon => _daemon ?? throw new InvalidOperationException(Missing);

    public async ValueTask InitializeAsync()
    {
        if (Missing is null) _daemon = await LibvirtDaemon.StartAsync();
    }

    /// <summary>Restarts the daemon, as an update of its package does.</summary>
    public Task StartAgainAsync() => Daemon.StartAgainAsync();

    /// <summary>The XML of a domain with two new disks, as a file to define it from.</summary>
    public async Task<string> DomainFileAsync(string name, Guid id)
    {
        foreach (var disk in (string[])["vda", "vdb"])
            await RunAsync("setpriv", [.. LibvirtDaemon.AsUser, "qemu-img", "create", "-q", "-f", "qcow2", Disk(name, disk), "8M"]);
        var path = PathOf($"{name}.{id}.xml");
        await File.WriteAllTextAsync(path, DomainXml(name, id));
        return path;
    }

    /// <summary>The same disks under another UUID, as after a rebuild.</summary>
    public async Task<string> RebuiltFileAsync(string name, Guid id)
    {
        var path = PathOf($"{name}.{id}.xml");
        await File.WriteAllTextAsync(path, DomainXml(name, id));
        return path;
    }

    /// <summary>A file for virsh to read.</summary>
    public async Task<string> FileAsync(string text)
    {
        var path = PathOf($"{Guid.NewGuid():N}.xml");
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    public string PathOf(string file) => Daemon.PathOf(file);

    /// <summary>A disk's file.</summary>
    public string Disk(string domain, string target) => PathOf($"{domain}.{target}.qcow2");

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
    public static Task<string> RunAsync(string program, string[] arguments) => LibvirtDaemon.RunAsync(program, arguments);

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null) await _daemon.DisposeAsync();
    }

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
}
