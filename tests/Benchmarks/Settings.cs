using System.CommandLine;

namespace EventCheckpoints.Benchmarks;

/// <summary>How much is measured.</summary>
internal enum Extent
{
    Quick,
    Usual,
    Full,
}

/// <summary>What the command line asks for.</summary>
/// <param name="Only">The measures to run, by name; empty for all.</param>
/// <param name="Rounds">Null for each measure's own number.</param>
/// <param name="Out">A directory for the report as JSON and Markdown, or null.</param>
internal sealed record Settings(Extent Extent, IReadOnlyList<string> Only, IReadOnlyList<int>? Sizes, int? Rounds, string? Out)
{
    /// <summary>The sizes given, else those of the extent.</summary>
    public IReadOnlyList<int> SizesOf(int[] quick, int[] usual, int[]? full = null) => Sizes ?? Extent switch
    {
        Extent.Quick => quick,
        Extent.Full => full ?? usual,
        _ => usual,
    };

    /// <summary>The rounds given, else those of the extent.</summary>
    public int RoundsOf(int quick, int usual) => Rounds ?? (Extent == Extent.Quick ? quick : usual);

    public static async Task<int> RunAsync(string[] arguments, IReadOnlyCollection<string> names, Func<Settings, Task<int>> run)
    {
        var quick = new Option<bool>("--quick") { Description = "small sizes; 1 only for growth, or a ratio twice past its goal" };
        var full = new Option<bool>("--full") { Description = "also what takes long: 100,000 over HTTP, histories of 1,000,000, virsh with 10,000, 1,000 domains" };
        var only = new Option<string[]>("--only") { Description = "this measure alone; may be repeated", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. names]);
        var sizes = new Option<int[]>("--sizes") { Description = "other numbers of checkpoints", AllowMultipleArgumentsPerToken = true };
        var rounds = new Option<int?>("--rounds") { Description = "rounds of each measure" };
        var output = new Option<string?>("--out") { Description = "also write bench.json and bench.md there", HelpName = "DIR" };
        var command = new RootCommand("Measures EventCheckpoints beside its peers and limits, on a PostgreSQL of its own.") { quick, full, only, sizes, rounds, output };
        command.SetAction(parsed => run(new Settings(
            parsed.GetValue(quick) ? Extent.Quick : parsed.GetValue(full) ? Extent.Full : Extent.Usual,
            parsed.GetValue(only) ?? [],
            parsed.GetValue(sizes) is { Length: > 0 } given ? [.. given.Order()] : null,
            parsed.GetValue(rounds),
            parsed.GetValue(output))));
        return await command.Parse(arguments).InvokeAsync();
    }
}
