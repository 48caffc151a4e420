namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Turns the parser's lines and columns into offsets, going forward only, so that a whole document costs one pass. A line ends with LF, CR LF
/// or CR, as the platform's parser counts.
/// </summary>
internal sealed class TextCursor(string text)
{
    private int line = 1;
    private int lineStart;

    /// <summary>The offset of a position that is not before the last one asked for.</summary>
    public int MoveTo(int toLine, int column)
    {
        while (line < toLine)
        {
            var end = text.AsSpan(lineStart).IndexOfAny('\r', '\n') + lineStart;
            lineStart = end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
            line++;
        }

        return lineStart + column - 1;
    }
}
