using System.Text;

namespace EventCheckpoints.Host.Tests.Import;

/// <summary>Checkpoints as libvirt and backup tools leave them on a disk.</summary>
internal static class OnDisk
{
    public const string WebId = "6f0d6ad4-1c1a-4f0e-9a53-0d8a3e5b7001";
    public const string MailId = "6f0d6ad4-1c1a-4f0e-9a53-0d8a3e5b7002";

    /// <summary>What a daemon writes before each checkpoint.</summary>
    public const string Warning =
        """
        <!--
        WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
        OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
          virsh checkpoint-edit
        or other application using the libvirt API.
        -->


        """;

    public static string Domain(string name, string id) =>
        $"""
        <domain type='qemu'>
            <name>{name}</name>
            <uuid>{id}</uuid>
            <memory unit='KiB'>65536</memory>
            <os>
              <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
            </os>
            <devices>
              <disk type='file' device='disk'>
                <source file='/var/lib/libvirt/images/{name}.qcow2'/>
                <target dev='vda' bus='virtio'/>
              </disk>
            </devices>
          </domain>
        """;

    public static string Checkpoint(string name, string? parent, long time, string? domain) =>
        $"""
        <domaincheckpoint>
          <name>{name}</name>{(parent is null ? "" : $"\n  <parent>\n    <name>{parent}</name>\n  </parent>")}
          <creationTime>{time}</creationTime>
          <disks>
            <disk name='vda' checkpoint='bitmap' bitmap='{name}'/>
          </disks>{(domain is null ? "" : $"\n  {domain}")}
        </domaincheckpoint>

        """;

    /// <summary>A chain in which every file name sorts otherwise than the checkpoints follow each other.</summary>
    public static async Task ChainAsync(string folder, string domain, string id, string prefix, int count, bool isStore)
    {
        Directory.CreateDirectory(folder);
        for (var at = 1; at <= count; at++)
        {
            var xml = Checkpoint($"{prefix}.{at}", at == 1 ? null : $"{prefix}.{at - 1}", 1_700_000_000 + at, Domain(domain, id));
            await File.WriteAllTextAsync(Path.Combine(folder, $"{prefix}.{at}.xml"), (isStore ? Warning : "") + xml, new UTF8Encoding(false));
        }
    }
}
