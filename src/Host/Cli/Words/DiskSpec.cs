using System.Text;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>A disk as an argument: disk[,checkpoint=type][,bitmap=name] (virshParseCheckpointDiskspec).</summary>
public static class DiskSpec
{
    private const string Checkpoint = "checkpoint=";
    private const string Bitmap = "bitmap=";

    /// <returns>The &lt;disk/&gt;, or null where the argument says something else.</returns>
    public static string? ToXml(string spec)
    {
        // virsh takes the pieces of an empty text for none, and writes no more than the end of the element.
        if (spec.Length == 0) return "/>";
        var pieces = Split(spec);
        string? checkpoint = null;
        string? bitmap = null;
        foreach (var piece in pieces.Skip(1))
        {
            if (checkpoint is null && piece.StartsWith(Checkpoint, StringComparison.Ordinal)) checkpoint = piece[Checkpoint.Length..];
            else if (bitmap is null && piece.StartsWith(Bitmap, StringComparison.Ordinal)) bitmap = piece[Bitmap.Length..];
            else return null;
        }

        return $"<disk name='{Escape(pieces[0])}'"
            + (checkpoint is null ? "" : $" checkpoint='{checkpoint}'") + (bitmap is null ? "" : $" bitmap='{bitmap}'") + "/>";
    }

    /// <summary>Parts at commas; two of them in a row are one that belongs to the text (vshStringToArray).</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != ',') piece.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] == ',') piece.Append(text[i++]);
            else
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
        }

        pieces.Add(piece.ToString());
        return pieces;
    }

    /// <summary>As virBufferEscapeString: what XML cannot hold is dropped.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&apos;"),
                < ' ' and not ('\t' or '\n' or '\r') => escaped,
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
