using System.Text.Json;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>How table checkpoint_marks writes what is said of a checkpoint: a word for what it is, and JSON for what is said.</summary>
internal static class Marks
{
    public const string Owner = "owner";

    public const string Lost = "lost";

    /// <summary>Such as "vda resized": the fault is one word, the target may be any text.</summary>
    public static string Fault(string disk, DiskFault fault) => $"{disk} {DiskFaults.Text(fault)}";

    /// <summary>What is said with one mark more.</summary>
    /// <exception cref="InvalidOperationException">A mark that this version of the software does not know.</exception>
    public static CheckpointMarks Read(CheckpointMarks marks, string mark, string value)
    {
        if (mark == Owner) return marks with { Owner = JsonSerializer.Deserialize<Owner>(value, Wire.Options) };
        if (mark == Lost) return marks with { Lost = JsonSerializer.Deserialize<string>(value, Wire.Options) };
        var cut = mark.LastIndexOf(' ');
        return cut > 0 && DiskFaults.TryParse(mark[(cut + 1)..], out var fault)
            ? marks.With(mark[..cut], fault, JsonSerializer.Deserialize<FaultSeen>(value, Wire.Options)!)
            : throw new InvalidOperationException($"unknown mark '{mark}'");
    }
}
