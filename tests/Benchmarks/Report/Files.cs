using System.Text;
using System.Text.Json;

namespace EventCheckpoints.Benchmarks.Report;

/// <summary>The report as files: bench.md for people, bench.json for programs.</summary>
internal static class Files
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string directory, Measured measured)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "bench.md"), Markdown(measured));
        var results = measured.Results.Select(result => new
        {
            result.Track.Name,
            result.Track.Yardstick,
            result.Track.Goals,
            result.Exponent,
            result.Growth,
            result.Sizes,
            Misses = result.Misses(),
        });
        var report = new { measured.Machine, Extent = measured.Extent.ToString().ToLowerInvariant(), Results = results };
        await File.WriteAllTextAsync(Path.Combine(directory, "bench.json"), JsonSerializer.Serialize(report, Json) + "\n");
    }

    private static string Markdown(Measured measured)
    {
        var text = new StringBuilder($"Measured on {measured.Machine}.\n\n");
        Row(Measured.Columns);
        Row(Measured.Columns.Select(column => column is "measure" or "yardstick" ? "---" : "--:"));
        foreach (var line in measured.Lines()) Row(line);
        return text.ToString();

        void Row(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
