using System.Text;

namespace EventCheckpoints.Benchmarks.Report;

/// <summary>The report for a terminal: aligned columns, words left, numbers right.</summary>
internal static class TextTable
{
    public static string Of(Measured measured)
    {
        string[][] lines = [[.. Measured.Columns], .. measured.Lines()];
        var widths = Measured.Columns.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder($"{measured.Machine}\n\n");
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => Measured.Columns[column] is "measure" or "yardstick" ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        text.Append('\n');
        foreach (var miss in measured.Misses()) text.Append("past its goal: ").Append(miss).Append('\n');
        foreach (var failure in measured.Failures()) text.Append("FAR past its goal: ").Append(failure).Append('\n');
        return text.ToString();
    }
}
