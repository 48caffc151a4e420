using System.Globalization;
using EventCheckpoints.Benchmarks.Harness;

namespace EventCheckpoints.Benchmarks.Report;

/// <summary>A run: where, how much, what came out.</summary>
internal sealed record Measured(Machine Machine, Extent Extent, IReadOnlyList<TrackResult> Results)
{
    public static IReadOnlyList<string> Columns { get; } =
        ["measure", "n", "median", "min … max", "MB/s", "yardstick", "median", "min … max", "ratio", "goal", "memory", "heap", "exponent", "largest ÷ smallest"];

    /// <summary>The table's cells, a line for each size; what is of the whole track stands on its last line.</summary>
    public IEnumerable<string[]> Lines() => Results.SelectMany(result => result.Sizes.Select((size, i) => Line(result, size, i == 0, i == result.Sizes.Count - 1)));

    /// <summary>Every goal that was missed, in words.</summary>
    public IEnumerable<string> Misses() => Results.SelectMany(result => result.Misses().Select(miss => $"{result.Track.Name}: {miss}"));

    /// <summary>What makes a quick run fail, in words.</summary>
    public IEnumerable<string> Failures() => Results.SelectMany(result => result.Failures().Select(failure => $"{result.Track.Name}: {failure}"));

    private static string[] Line(TrackResult result, SizeResult size, bool isFirst, bool isLast)
    {
        var goals = result.Track.Goals;
        return
        [
            isFirst ? result.Track.Name : "",
            size.Size.ToString("N0", CultureInfo.InvariantCulture),
            Amount(size.Amount.Median),
            Ends(size.Amount),
            size.Bytes > 0 ? Number(size.Bytes / size.Amount.Median / 1e6) : "",
            isFirst ? result.Track.Yardstick ?? "" : "",
            size.Yardstick is { } other ? Amount(other.Median) : "",
            size.Yardstick is { } ends ? Ends(ends) : "",
            size.Ratio is { } ratio ? Times(ratio.Median) : "",
            size.Ratio is not null && goals.Ratio is { } most ? "≤ " + Times(most) : "",
            Memory(size.Peak.Resident),
            Memory(size.Peak.Heap),
            isLast && result.Exponent is { } exponent ? Number(exponent) + (goals.Exponent is { } linear ? $" (≤ {Number(linear)})" : "") : "",
            isLast && result.Growth is { } growth ? Times(growth) + (goals.Growth is { } flat ? $" (≤ {Number(flat)})" : "") : "",
        ];

        string Amount(double amount) => result.Track.Unit == Unit.Bytes ? Number(amount) + " B" : Time(amount);
        string Ends(Spread spread) => $"{Amount(spread.Min)} … {Amount(spread.Max)}";
    }

    private static string Time(double seconds) => seconds switch
    {
        < 1e-3 => Number(seconds * 1e6) + " µs",
        < 1 => Number(seconds * 1e3) + " ms",
        _ => Number(seconds) + " s",
    };

    private static string Times(double ratio) => Number(ratio) + " ×";

    private static string Memory(long? bytes) => bytes is { } known ? $"+{Number(known / 1048576.0)} MiB" : "";

    /// <summary>Three digits that mean something, or all before the point.</summary>
    private static string Number(double number) => Math.Abs(number) switch
    {
        < 10 => number.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => number.ToString("0.0", CultureInfo.InvariantCulture),
        _ => number.ToString("N0", CultureInfo.InvariantCulture),
    };
}
