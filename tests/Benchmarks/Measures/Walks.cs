using System.Diagnostics;
using System.Globalization;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// The lists of one forest: by our words against a server, and by one virsh, started before, on libvirt's test driver, which has the same checkpoints in the same order. Chains of ten, each below the
/// middle of the one before: roots are few, leaves are many.
/// </summary>
internal static class Walks
{
    private const string Domain = "test";

    /// <summary>The test driver's own domain.</summary>
    private const string DomainXml =
        "<domain type='test'><name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><memory>8388608</memory><os><type>hvm</type></os>"
        + "<devices><disk type='file' device='disk'><source file='/test.qcow2'/><target dev='vda'/></disk></devices></domain>";

    private static readonly (string Name, string Command)[] Lists =
    [
        ("topological", $"checkpoint-list {Domain} --topological --name"), ("name", $"checkpoint-list {Domain} --name"), ("tree", $"checkpoint-list {Domain} --tree"), ("leaves", $"checkpoint-list {Domain} --leaves --name"),
    ];

    public static async Task RunAsync(Bench bench)
    {
        var forests = new List<Forest>();
        try
        {
            foreach (var size in bench.Settings.SizesOf([100, 300], [300, 1_000], [1_000, 10_000])) forests.Add(await Forest.OfAsync(bench, size));
            // Code is made better while it is used, which a server has behind it.
            foreach (var forest in forests)
                foreach (var (_, command) in Lists)
                    for (var i = 0; i < 100; i++) await forest.OursAsync(command);

            foreach (var (name, command) in Lists)
            {
                await bench.MeasureAsync(
                    new Track($"walks/{name}", "one virsh with the same forest", new Goals(Ratio: 1, Held: 4), [.. forests.Select(forest => new Case(
                        forest.Size, new Operation(() => forest.OursAsync(command), Times: 20), new Operation(() => forest.Virsh.DoAsync([command]), Times: 5)))]),
                    bench.Settings.RoundsOf(5, 9));
            }
        }
        finally
        {
            foreach (var forest in forests) await forest.DisposeAsync();
        }
    }

    private static Checkpoint At(int i) => new(
        NameOf(i), null, i == 0 ? null : NameOf(i % 10 == 0 ? i - 5 : i - 1), new CreationTime(1_700_000_000 + i), [new CheckpointDisk("vda", DiskMode.Bitmap, NameOf(i).Value)], null);

    private static MomentName NameOf(int i) => MomentName.Trusted(string.Create(CultureInfo.InvariantCulture, $"backup-{i:000000}"));

    private sealed class Forest(HttpHost host, VirshSession virsh, int size) : IAsyncDisposable
    {
        private readonly Api _api = new(host.Address);

        public int Size => size;

        public VirshSession Virsh => virsh;

        public static async Task<Forest> OfAsync(Bench bench, int size)
        {
            var connection = await bench.CreateDatabaseAsync();
            var id = new DomainId(Guid.Parse("6695eb01-f6a4-8304-79aa-97f2502e193f"));
            await using (var path = new WritePath(connection))
            {
                await path.SubmitAsync(id, new Define(DefinitionReader.Read(DomainXml).Value, null));
                using var list = new StringWriter();
                BulkWriter.WriteStart(list, null, NameOf(size - 1));
                for (var i = 0; i < size; i++) BulkWriter.WriteItem(list, At(i), null);
                BulkWriter.WriteEnd(list, null);
                await path.SubmitAsync(id, new RedefineList([ListReader.Read(new StringReader(list.ToString())).Value], ListMode.Empty));
            }

            var directory = Directory.CreateDirectory(Path.Combine(bench.Directory, $"walks-{size}")).FullName;
            var virsh = new VirshSession("test:///default", directory);
            for (var i = 0; i < size; i++)
            {
                await using var file = new StreamWriter(Path.Combine(directory, $"{i}.xml"));
                CheckpointWriter.Write(file, At(i), null);
            }

            await virsh.DoAsync(Enumerable.Range(0, size).Select(i => $"checkpoint-create {Domain} --redefine {i}.xml"));
            return new Forest(await HttpHost.StartAsync(connection), virsh, size);
        }

        public async Task<long> OursAsync(string command)
        {
            long characters = 0;
            await Batch.RunLines(new StringReader(command), new Session(_api, AllWords.Table), outcome =>
            {
                characters = outcome.Rc == 0 ? outcome.Stdout.Length : throw new InvalidOperationException(outcome.Stderr);
                return Task.CompletedTask;
            });
            return characters > size / 20 * 14 ? 0 : throw new InvalidOperationException($"{command} said only {characters} characters");
        }

        public async ValueTask DisposeAsync()
        {
            _api.Dispose();
            virsh.Dispose();
            await host.DisposeAsync();
        }
    }
}

/// <summary>One process of virsh that is told one command after another; its start is in no time.</summary>
internal sealed class VirshSession(string uri, string directory) : IDisposable
{
    private const string End = "--- that was all ---";

    private readonly Process _process = Process.Start(
        new ProcessStartInfo("virsh", ["-q", "-c", uri]) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Returns once all are done, with how many characters were said.</summary>
    public async Task<long> DoAsync(IEnumerable<string> commands)
    {
        // Read meanwhile: neither pipe is endless.
        var said = ReadAsync();
        foreach (var command in commands) await _process.StandardInput.WriteLineAsync(command);
        // The line that its echo begins ends with the next command.
        await _process.StandardInput.WriteLineAsync($"echo {End}\necho");
        await _process.StandardInput.FlushAsync();
        return await said;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task<long> ReadAsync()
    {
        long characters = 0;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // It repeats what it is told, too, behind its prompt.
            if (line.StartsWith(End, StringComparison.Ordinal)) return characters;
            characters += line.Length;
        }

        throw new InvalidOperationException("virsh has ended");
    }
}
