using System.Globalization;
using System.Text;

namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>virsh's table (tools/vsh-table.c): each cell behind a blank, filled up to its column's width and two more, the last one left as it is.</summary>
public static class Table
{
    /// <param name="bodyOnly">Without header and rule, whose widths then do not count either (virsh -q).</param>
    public static void Print(TextWriter output, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, bool bodyOnly = false)
    {
        var shown = rows.Select(row => row.Select(Printable).ToArray()).ToArray();
        var widths = header.Select((title, column) =>
            shown.Select(row => Width(row[column])).Append(bodyOnly ? 0 : Width(title)).Max()).ToArray();
        if (!bodyOnly)
        {
            Line(output, header, widths);
            output.Write(new string('-', widths.Sum(width => width + 3)) + "\n");
        }

        foreach (var row in shown) Line(output, row, widths);
    }

    private static void Line(TextWriter output, IReadOnlyList<string> cells, int[] widths)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            output.Write(' ');
            output.Write(cells[i]);
            if (i < cells.Count - 1) output.Write(new string(' ', widths[i] - Width(cells[i]) + 2));
        }

        output.Write('\n');
    }

    /// <summary>What a terminal would act on is shown as \xNN (vshTableSafeEncode).</summary>
    private static string Printable(string cell)
    {
        if (!cell.Any(char.IsControl)) return cell;
        var shown = new StringBuilder(cell.Length + 8);
        foreach (var rune in cell.EnumerateRunes())
        {
            if (!Rune.IsControl(rune)) shown.Append(rune.ToString());
            else foreach (var b in Encoding.UTF8.GetBytes(rune.ToString())) shown.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        return shown.ToString();
    }

    private static int Width(string cell) => cell.EnumerateRunes().Sum(rune => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => IsWide(rune.Value) ? 2 : 1,
    });

    /// <summary>East Asian characters that take two columns: Hangul, CJK and its punctuation, kana, full width forms, emoji.</summary>
    private static bool IsWide(int rune) =>
        rune is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
