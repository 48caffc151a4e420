using System.Globalization;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Tests;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>
/// A host of so many domains with 30 checkpoints each, on the test driver of a libvirt daemon: looked at for the first time, and again with nothing new, by `sync` against a server; beside one virsh, which is started before, listing
/// and dumping the same.
/// </summary>
internal static class Syncs
{
    private const int Checkpoints = 30;

    public static async Task RunAsync(Bench bench)
    {
        var (first, unchanged) = (new List<Case>(), new List<Case>());
        var open = new List<IAsyncDisposable>();
        try
        {
            foreach (var domains in bench.Settings.SizesOf([4, 12], [10, 30, 100], [100, 300, 1_000]))
            {
                var node = await NodeAsync(bench, domains);
                open.Add(node);
                first.Add(new Case(domains, new Operation(node.SyncAsync, node.ForgetAsync), new Operation(node.DumpAsync)));
                unchanged.Add(new Case(domains, new Operation(node.SyncAsync), new Operation(node.DumpAsync)));
            }

            const string Virsh = "one virsh that lists and dumps all";
            await bench.MeasureAsync(new Track("sync/first", Virsh, new Goals(Exponent: 1.1), first), bench.Settings.RoundsOf(2, 3));
            await bench.MeasureAsync(new Track("sync/unchanged", Virsh, new Goals(Exponent: 1.1), unchanged), bench.Settings.RoundsOf(3, 5));
        }
        finally
        {
            foreach (var one in open) await one.DisposeAsync();
        }
    }

    private static async Task<Node> NodeAsync(Bench bench, int domains)
    {
        var daemon = await LibvirtDaemon.StartAsync();
        // The test driver lives in the daemon as long as somebody is connected: this.
        var virsh = new VirshSession(daemon.UriOf("test", "/default"), daemon.PathOf(""));
        for (var number = 1; number <= domains; number++)
        {
            await File.WriteAllTextAsync(daemon.PathOf("domain.xml"), Domain(number));
            await virsh.DoAsync(["define domain.xml", $"start {NameOf(number)}"]);
            var definition = await LibvirtDaemon.RunAsync("virsh", ["-q", "-c", daemon.UriOf("test", "/default"), "dumpxml", NameOf(number), "--inactive", "--security-info"]);
            for (var at = 0; at < Checkpoints; at++)
            {
                await using var file = new StreamWriter(daemon.PathOf($"{at}.xml"));
                CheckpointWriter.Write(file, At(at), definition.TrimEnd('\n'));
            }

            await virsh.DoAsync(Enumerable.Range(0, Checkpoints).Select(at => $"checkpoint-create {NameOf(number)} --redefine {at}.xml"));
        }

        return new Node(bench, daemon, virsh, domains);
    }

    private static string Domain(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <domain type='test'><name>{NameOf(number)}</name><uuid>5a3f2c11-7d10-4b8e-9a64-{number:D12}</uuid><memory>1048576</memory><os><type>hvm</type></os><devices>
        <disk type='file' device='disk'><source file='/images/{number}-system.qcow2'/><target dev='vda' bus='virtio'/></disk>
        <disk type='file' device='disk'><source file='/images/{number}-data.qcow2'/><target dev='vdb' bus='virtio'/></disk></devices></domain>
        """);

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"vm{number:0000}");

    private static Checkpoint At(int at) => new(
        Name(at), null, at == 0 ? null : Name(at - 1), new CreationTime(1_700_000_000 + at),
        [new CheckpointDisk("vda", DiskMode.Bitmap, Name(at).Value), new CheckpointDisk("vdb", DiskMode.Bitmap, Name(at).Value)], null);

    private static MomentName Name(int at) => MomentName.Trusted(string.Create(CultureInfo.InvariantCulture, $"backup-{at:00}"));

    /// <summary>A host, and the store that learns from it.</summary>
    private sealed class Node(Bench bench, LibvirtDaemon daemon, VirshSession virsh, int domains) : IAsyncDisposable
    {
        private HttpHost? _server;

        public async Task ForgetAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
            _server = await HttpHost.StartAsync(await bench.CreateDatabaseAsync());
            // Its own beginning is no part of a look.
            await _server.DrainAsync("v1/domains");
        }

        public async Task<long> SyncAsync()
        {
            using var api = new Api(_server!.Address);
            var failed = "it did not run";
            await Batch.RunLines(new StringReader($"sync {daemon.UriOf("test", "/default")}"), new Session(api, AllWords.Table), outcome =>
            {
                failed = outcome.Rc == 0 && outcome.Stdout.Split($"{Checkpoints} new").Length + outcome.Stdout.Split($"{Checkpoints} unchanged").Length == domains + 2 ? null : outcome.Stderr + outcome.Stdout;
                return Task.CompletedTask;
            });
            return failed is null ? 0 : throw new InvalidOperationException(failed);
        }

        public async Task<long> DumpAsync()
        {
            var bytes = await virsh.DoAsync(Enumerable.Range(1, domains).SelectMany(number => (string[])
            [
                $"dumpxml {NameOf(number)} --security-info", $"checkpoint-list {NameOf(number)} --name",
                .. Enumerable.Range(0, Checkpoints).Select(at => $"checkpoint-dumpxml {NameOf(number)} {Name(at)} --security-info"),
            ]));
            return bytes > domains * Checkpoints * 100L ? 0 : throw new InvalidOperationException($"virsh said only {bytes} characters");
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
            virsh.Dispose();
            await daemon.DisposeAsync();
        }
    }
}
