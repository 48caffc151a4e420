using System.Text.RegularExpressions;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

/// <summary>What is read of a <c>&lt;domain&gt;</c>, against what libvirt makes of the same one.</summary>
public sealed partial class LiveDomainTests
{
    [Fact]
    public void Disks_come_in_libvirts_order_when_a_checkpoint_is_created() =>
        CompareOrder("start d{0}; checkpoint-create-as d{0} c; checkpoint-dumpxml d{0} c --no-domain --xpath //disk/@name", xml => DefinitionReader.Read(xml).Value);

    [Fact]
    public void Disks_come_in_libvirts_order_when_a_domain_is_read_once() =>
        CompareOrder("dumpxml d{0} --xpath //target/@dev", xml => CheckpointReader.ReadRedefine(InCheckpoint(xml)).Value.Definition!);

    private static string InCheckpoint(string domain) => $"<domaincheckpoint><name>c</name><creationTime>1</creationTime>{domain}</domaincheckpoint>";

    private static void CompareOrder(string commands, Func<string, Definition> read)
    {
        Virsh.Need();
        var random = new Random(7);
        var domains = Enumerable.Range(0, 200).Select(i => Domain(i, random)).ToList();
        var answers = Define(domains, commands);
        var taken = 0;
        for (var i = 0; i < domains.Count; i++)
        {
            if (answers[i].StartsWith("error: Failed to define", StringComparison.Ordinal))
                continue;
            taken++;
            var theirs = Name().Matches(answers[i]).Select(match => match.Groups[1].Value);
            Assert.True(theirs.SequenceEqual(read(domains[i]).Disks.Select(disk => disk.Target)), $"{domains[i]}\n{answers[i]}");
        }

        Assert.True(taken > 75, $"libvirt took only {taken}");
    }

    [Theory]
    [InlineData("<foo/>")]
    [InlineData("<domain/>")]
    [InlineData("<domain type='test'><name/></domain>")]
    [InlineData("<domain xmlns='q' type='test'><name>x</name></domain>")]
    [InlineData("<domain type='test'><uuid>zz</uuid></domain>")]
    [InlineData("<domain type='test'><name>x</name><uuid>zz</uuid></domain>")]
    [InlineData("<domain type='test'><name>x</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1817-</uuid></domain>")]
    [InlineData("<domain type='test'><name>x</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db181</uuid></domain>")]
    [InlineData("<domain type='test'><name>a/b</name><memory>1</memory><os><type>hvm</type></os></domain>")]
    [InlineData("<domain type='test'><name>a\nb</name><memory>1</memory><os><type>hvm</type></os></domain>")]
    [InlineData("<domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os><devices><disk/></devices></domain>")]
    [InlineData("<domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os><devices><disk type='file'><source file='/x'/></disk></devices></domain>")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("<domain")]
    [InlineData("<domain><name>x</domain>")]
    public void What_libvirt_refuses_is_refused_in_its_words(string xml)
    {
        Virsh.Need();
        var answer = Define([xml], "echo")[0];
        var theirs = answer.Split("\nerror: ")[1].Split('\n')[0];
        Assert.Equal(theirs, DefinitionReader.Read(xml).Refusal?.Message.Split('\n')[0]);
    }

    [Theory]
    [InlineData("  c7a5fdbd-edaf-9455-926a-d65c16db1810 ")]
    [InlineData("c7a5fdbdedaf9455926ad65c16db1810")]
    [InlineData("c7a5fd-bdedaf9455926ad65c16db18-10")]
    [InlineData("-C7A5FDBD-EDAF-9455-926A-D65C16DB1810")]
    [InlineData("c7 a5 fd bd edaf9455926ad65c16db1810\n")]
    public void Uuids_are_read_as_virUUIDParse_reads_them(string uuid)
    {
        Virsh.Need();
        var xml = $"<domain type='test'><name>d0</name><uuid>{uuid}</uuid><memory>1</memory><os><type>hvm</type></os></domain>";
        Assert.Equal("c7a5fdbd-edaf-9455-926a-d65c16db1810", Define([xml], "domuuid d{0}")[0].Trim());
        Assert.Equal("c7a5fdbd-edaf-9455-926a-d65c16db1810", DefinitionReader.Read(xml).Value.Id.ToString());
    }

    [Theory]
    [InlineData("<disk type='file'><source file='/p'/><target dev='vda'/></disk>")]
    [InlineData("<disk><source file='/p'/><target dev='vda'/></disk>")]
    [InlineData("<disk type='block'><source dev='/p'/><target dev='vda'/></disk>")]
    [InlineData("<disk type='dir'><driver name='qemu' type='fat'/><source dir='/p'/><target dev='vda'/></disk>")]
    [InlineData("<disk type='network'><source protocol='nbd' name='/p'><host name='h'/></source><target dev='vda'/></disk>")]
    [InlineData("<disk type='network'><source protocol='gluster' name='vol//p'><host name='h'/></source><target dev='vda'/></disk>")]
    [InlineData("<disk type='network'><source protocol='rbd' name='pool//p'><host name='h'/></source><target dev='vda'/></disk>")]
    [InlineData("<disk type='network'><source protocol='https' name='/p'><host name='h'/></source><target dev='vda'/></disk>")]
    [InlineData("<disk type='network'><source protocol='nbd'><host name='h'/></source><target dev='vda'/></disk>")]
    [InlineData("<disk type='volume'><source pool='/p' volume='/p'/><target dev='vda'/></disk>")]
    [InlineData("<disk type='file' device='cdrom'><target dev='hda'/></disk>")]
    [InlineData("<disk type='file' device='cdrom'><source file='/p'/><target dev='hda'/></disk>")]
    [InlineData("<disk type='file' device='floppy'><target dev='fda'/></disk>")]
    [InlineData("<disk type='file' device='floppy'><source file=''/><target dev='fda'/></disk>")]
    [InlineData("<disk type='file' device='floppy'><source file='/p'/><target dev='fda'/></disk>")]
    [InlineData("<disk type='file'><source file='/p'/><target dev='vda'/><readonly/></disk>")]
    [InlineData("<disk type='file'><source file='/p'/><target dev='ioemu:hda'/></disk>")]
    [InlineData("<disk type='file'><target dev='vda'/><source file='/p'/><source file='/q'/></disk>")]
    [InlineData("<disk type='vhostuser'><source type='unix' path='/p'/><target dev='vda'/></disk>")]
    public void Source_empty_and_readonly_are_libvirts(string disk)
    {
        Virsh.Need();
        var xml = $"<domain type='test'><name>d0</name><memory>1</memory><os><type arch='i686'>hvm</type></os><devices>{disk}<disk type='file'><source file='/zz'/><target dev='sdz'/></disk></devices></domain>";
        var byPath = "<domaincheckpoint><name>p</name><disks><disk name='/p'/></disks></domaincheckpoint>";
        var byTarget = "<domaincheckpoint><name>t</name><disks><disk name='TARGET'/></disks></domaincheckpoint>".Replace("TARGET", Dev().Match(disk).Groups[1].Value.Replace("ioemu:", ""), StringComparison.Ordinal);
        using var files = new Files();
        var dumps = "checkpoint-dumpxml d0 {0} --no-domain --xpath //disk";
        var answer = Define([xml], $"start d{{0}}; checkpoint-create d0 {files.Add(byPath)}; {string.Format(null, dumps, "p")}; checkpoint-create d0 {files.Add(byTarget)}; {string.Format(null, dumps, "t")}")[0];
        var definition = DefinitionReader.Read(xml).Value;
        Assert.Equal(answer, Aligned(byPath, definition) + Aligned(byTarget, definition));
    }

    /// <summary>What virsh prints for a create and a dump of its disks by XPath, which is libxml2's writing.</summary>
    private static string Aligned(string checkpoint, Definition domain)
    {
        var xml = CheckpointReader.ReadCreate(checkpoint).Value;
        var aligned = DiskAlignment.Align(xml.Disks, domain.Disks, xml.Name!.Value);
        return aligned.Refusal is { } refusal
            ? $"error: {refusal.Message}\nerror: Domain checkpoint not found: no domain checkpoint with matching name '{xml.Name}'\n"
            : string.Concat(aligned.Value.Select(disk => $"<disk name=\"{disk.Name}\" checkpoint=\"{(disk.Mode == DiskMode.No ? "no" : "bitmap")}\"{(disk.Bitmap is { } bitmap ? $" bitmap=\"{bitmap}\"" : "")}/>\n"));
    }

    [Fact]
    public void What_libvirt_hides_is_hidden_and_nothing_else()
    {
        Virsh.Need();
        var xml = """
            <domain type='test'><name>d0</name><memory>1</memory><os><type arch='i686'>hvm</type></os><devices>
            <disk type='network' device='cdrom'><driver name='qemu' type='raw'/><source protocol='https' name='u'><host name='h' port='443'/><ssl verify='no'/><cookies><cookie name='a'>secret</cookie></cookies><readahead size='1024'/></source><target dev='hda'/></disk>
            <graphics type='vnc' port='5904' passwd='hunter2' passwdValidTo='2030-01-01T00:00:00' connected='keep'/>
            <graphics type='spice' passwd='&apos;>' port='5905'/>
            </devices></domain>
            """;
        var all = Define([xml], "dumpxml d{0} --security-info")[0];
        var hidden = Define([xml], "dumpxml d{0}")[0];
        Assert.NotEqual(all, hidden);
        Assert.Contains("hunter2", all, StringComparison.Ordinal);
        Assert.Equal(Uuid().Replace(hidden, ""), Uuid().Replace(DefinitionText.WithoutSecrets(all.TrimEnd()) + "\n", ""));
    }

    private static string[] Define(IReadOnlyList<string> domains, string then)
    {
        using var files = new Files();
        return Virsh.Run("test:///default", [.. domains.Select((xml, i) => $"define {files.Add(xml)}; {string.Format(null, then, i)}")]);
    }

    private static string Domain(int number, Random random)
    {
        string[] prefixes = ["vd", "sd", "hd", "xvd", "fd"];
        string[] buses = ["", "", "", " bus='virtio'", " bus='scsi'", " bus='ide'", " bus='sata'", " bus='usb'", " bus='xen'"];
        var targets = Enumerable.Range(0, random.Next(1, 9))
            .Select(_ => prefixes[random.Next(random.Next(1, prefixes.Length + 1))] + (random.Next(5) == 0 ? "a" : "") + (char)('a' + random.Next(6)) + (random.Next(9) == 0 ? "1" : ""))
            .Distinct();
        var disks = targets.Select((target, i) =>
            $"<disk type='file' device='{(target.StartsWith("fd", StringComparison.Ordinal) ? "floppy" : "disk")}'><source file='/i{i}'/><target dev='{target}'{(target.StartsWith("fd", StringComparison.Ordinal) ? "" : buses[random.Next(buses.Length)])}/></disk>");
        return $"<domain type='test'><name>d{number}</name><memory>1</memory><os><type arch='i686'>hvm</type></os><devices>{string.Concat(disks)}</devices></domain>";
    }

    [GeneratedRegex("(?:dev|name)=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("dev=[\"']([^\"']*)[\"']")]
    private static partial Regex Dev();

    [GeneratedRegex("<uuid>.*</uuid>|<mac .*/>")]
    private static partial Regex Uuid();

}
