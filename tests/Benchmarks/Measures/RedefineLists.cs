using System.Xml;
using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Benchmarks.Harness;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks.Measures;

/// <summary>Redefine lists in process: reading the text, and deciding and writing what was read.</summary>
internal static class RedefineLists
{
    private static readonly CopiedTable[] Tables = [new("mt_events", "stream_id"), new("checkpoint_states", "domain_id"), new("definitions", "domain_id")];

    public static async Task RunAsync(Bench bench)
    {
        var sizes = bench.Settings.SizesOf([500, 1_000, 5_000], [1_000, 10_000, 100_000]);
        var rounds = bench.Settings.RoundsOf(3, 3);
        await using var path = new WritePath(await bench.CreateDatabaseAsync());
        var rows = new CopiedRows(path.Database, Tables);
        await rows.MakeTablesAsync();
        await bench.MeasureAsync(
            new Track("redefine-list/write", "COPY of the resulting rows", new Goals(Ratio: 4, Exponent: 1.1), [.. sizes.Select(size => Writing(bench, path, size))]), rounds);
        await bench.MeasureAsync(
            new Track("redefine-list/read", "XmlReader over the same file", new Goals(Ratio: 2, Exponent: 1.1, Held: 22), [.. sizes.Select(size => Reading(bench, size))]), rounds);
    }

    private static Case Writing(Bench bench, WritePath path, int size)
    {
        var file = Path.Combine(bench.Directory, "list.xml");
        var list = new CheckpointList(size);
        var rows = new CopiedRows(path.Database, Tables);
        DomainId id = default;
        RedefineList? command = null;
        var subject = new Operation(
            async () =>
            {
                await path.SubmitAsync(id, command!);
                return 0;
            },
            async () =>
            {
                id = await path.DefineAsync();
                command = WritePath.Redefine(file, list, id);
            },
            Large: true);
        var yardstick = new Operation(
            rows.CopyAsync,
            async () =>
            {
                command = null;
                await rows.PrepareAsync(id);
            },
            Large: true);
        return new Case(size, subject, yardstick);
    }

    private static Case Reading(Bench bench, int size)
    {
        var file = Path.Combine(bench.Directory, $"read-{size}.xml");
        var id = new DomainId(Guid.NewGuid());
        new CheckpointList(size).Write(file, id, id.ToString());
        var length = new FileInfo(file).Length;
        var subject = new Operation(
            () =>
            {
                using var text = new StreamReader(file);
                return Task.FromResult(ListReader.Read(text).Value.Items.Count == size ? length : throw new InvalidOperationException("items are missing"));
            },
            Large: true);
        var yardstick = new Operation(
            () =>
            {
                using var text = new StreamReader(file);
                using var reader = XmlReader.Create(text);
                while (reader.Read())
                {
                }

                return Task.FromResult(length);
            },
            Large: true);
        return new Case(size, subject, yardstick);
    }
}
