using System.Diagnostics;
using System.Globalization;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// A chain of checkpoints redefined: one list here, read and committed; a file each in one process of virsh on libvirt's test driver, which keeps
/// them in memory alone. The start of virsh, some hundredths of a second, is in its time.
/// </summary>
internal static class BesideVirsh
{
    /// <summary>The test driver's own domain.</summary>
    private static readonly DomainId Test = new(new Guid("6695eb01-f6a4-8304-79aa-97f2502e193f"));

    private const string DomainXml =
        """
        <domain type='test'>
              <name>test</name>
              <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
              <memory>8388608</memory>
              <vcpu>2</vcpu>
              <os>
                <type>hvm</type>
              </os>
              <devices>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2'/>
                  <source file='/var/lib/libvirt/images/test.qcow2'/>
                  <target dev='vda'/>
                </disk>
              </devices>
            </domain>
        """;

    public static async Task RunAsync(Bench bench)
    {
        await using var path = new WritePath(await bench.CreateDatabaseAsync());
        var cases = bench.Settings.SizesOf([50, 100], [100, 300, 1_000]).Select(size => Case(bench, path, size)).ToArray();
        await bench.MeasureAsync(
            new Track("virsh/redefine", "virsh redefining the same checkpoints in one process", new Goals(Ratio: 0.01, Exponent: 1.1, Held: 0.05), cases), bench.Settings.RoundsOf(3, 3));
    }

    private static Case Case(Bench bench, WritePath path, int size)
    {
        var directory = Directory.CreateDirectory(Path.Combine(bench.Directory, $"virsh-{size}")).FullName;
        var list = Path.Combine(directory, "list.xml");
        using (var output = new StreamWriter(list))
        {
            BulkWriter.WriteStart(output, null, NameOf(size - 1));
            for (var i = 0; i < size; i++)
            {
                BulkWriter.WriteItem(output, At(i), DomainXml, 2);
                using var file = new StreamWriter(Path.Combine(directory, $"{i}.xml"));
                CheckpointWriter.Write(file, At(i), DomainXml);
            }

            BulkWriter.WriteEnd(output, null);
        }

        return new Case(
            size,
            new Operation(
                async () =>
                {
                    using var text = new StreamReader(list);
                    var read = ListReader.Read(text).Value;
                    await path.SubmitAsync(Test, new RedefineList([read], ListMode.Empty));
                    return 0;
                },
                () => EmptyAsync(path)),
            new Operation(() => VirshAsync(directory, size)));
    }

    /// <summary>The domain as the test driver has it at the start of each process: defined, without checkpoints.</summary>
    private static async Task EmptyAsync(WritePath path)
    {
        var defined = await path.SubmitAsync(Test, new Define(DefinitionReader.Read(DomainXml).Value, null));
        if (defined.After.Forest.Count > 0) await path.SubmitAsync(Test, new Delete(NameOf(0), Children: true, ChildrenOnly: false));
    }

    private static async Task<long> VirshAsync(string directory, int size)
    {
        var start = new ProcessStartInfo("virsh", ["-q", "-c", "test:///default"]) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true };
        using var virsh = Process.Start(start)!;
        var said = virsh.StandardOutput.ReadToEndAsync();
        for (var i = 0; i < size; i++) await virsh.StandardInput.WriteLineAsync($"checkpoint-create test --redefine {i}.xml");
        await virsh.StandardInput.WriteLineAsync("checkpoint-list test --name");
        virsh.StandardInput.Close();
        await virsh.WaitForExitAsync();
        var listed = (await said).Split('\n').Count(line => line.StartsWith("backup-", StringComparison.Ordinal));
        return listed == size ? 0 : throw new InvalidOperationException($"virsh knows {listed} of {size} checkpoints");
    }

    private static Checkpoint At(int i) => new(
        NameOf(i), null, i == 0 ? null : NameOf(i - 1), new CreationTime(1_700_000_000 + i), [new CheckpointDisk("vda", DiskMode.Bitmap, NameOf(i).Value)], null);

    private static MomentName NameOf(int i) => MomentName.Trusted(string.Create(CultureInfo.InvariantCulture, $"backup-{i:000000}"));
}
