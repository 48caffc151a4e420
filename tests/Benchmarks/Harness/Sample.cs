using System.Diagnostics;

namespace EventCheckpoints.Benchmarks.Harness;

/// <summary>One timed run.</summary>
/// <param name="Amount">Of one operation, in the unit of its track: seconds mostly.</param>
/// <param name="Bytes">What the operation said it moved.</param>
internal sealed record Sample(double Amount, long Bytes)
{
    public static async Task<Sample> TakeAsync(Operation operation)
    {
        if (operation.Prepare is { } prepare) await prepare();
        // Nobody pays for what was left behind before.
        if (operation.Large) GC.Collect();
        long bytes = 0;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < operation.Times; i++) bytes = await operation.Run();
        return new Sample(clock.Elapsed.TotalSeconds / operation.Times, bytes);
    }
}

/// <summary>The middle of several numbers, and their ends.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<double> numbers)
    {
        var sorted = numbers.Order().ToArray();
        var middle = sorted.Length / 2;
        return new Spread(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
