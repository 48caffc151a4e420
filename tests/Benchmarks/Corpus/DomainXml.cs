using System.Globalization;
using System.Text;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Benchmarks.Corpus;

/// <summary>A <c>&lt;domain&gt;</c> such as libvirt dumps: two disks and as many PCI ports as its length asks for.</summary>
internal static class DomainXml
{
    public const int Usual = 1_500;
    public const int Large = 8_000;

    /// <param name="variant">Equal variants of one domain have equal text.</param>
    /// <param name="length">Characters, to within one port.</param>
    public static string Of(DomainId id, string name, int variant, int length)
    {
        var xml = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <domain type='kvm'>
                  <name>{name}</name>
                  <uuid>{id}</uuid>
                  <memory unit='KiB'>{1_048_576 + variant}</memory>
                  <vcpu placement='static'>2</vcpu>
                  <os>
                    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
                    <boot dev='hd'/>
                  </os>
                  <features>
                    <acpi/>
                    <apic/>
                  </features>
                  <devices>
                    <emulator>/usr/bin/qemu-system-x86_64</emulator>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='qcow2'/>
                      <source file='/var/lib/libvirt/images/{name}-system.qcow2'/>
                      <target dev='vda' bus='virtio'/>
                    </disk>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='qcow2'/>
                      <source file='/var/lib/libvirt/images/{name}-data.qcow2'/>
                      <target dev='vdb' bus='virtio'/>
                    </disk>

            """));
        for (var port = 1; xml.Length < length - 100; port++)
        {
            xml.Append(
                CultureInfo.InvariantCulture,
                $"""
                      <controller type='pci' index='{port}' model='pcie-root-port'>
                        <model name='pcie-root-port'/>
                        <target chassis='{port}' port='0x{port + 15:x}'/>
                        <address type='pci' domain='0x0000' bus='0x00' slot='0x{port / 8 + 2:x2}' function='0x{port % 8}'/>
                      </controller>

                """);
        }

        return xml.Append("      </devices>\n    </domain>").ToString();
    }
}
