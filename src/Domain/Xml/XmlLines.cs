using System.Text;

namespace EventCheckpoints.Domain.Xml;

/// <summary>Lines as libxml2 counts them: only LF ends one.</summary>
internal sealed class XmlLines(string text)
{
    private int counted;
    private int line = 1;

    /// <summary>From 1. Each call costs the way from the last one's offset, which must not be after this one's.</summary>
    public int Line(int offset)
    {
        line += text.AsSpan(counted, offset - counted).Count('\n');
        counted = offset;
        return line;
    }

    /// <summary>Line and column, from 1.</summary>
    public XmlPosition Of(int offset) => new(text.AsSpan(0, offset).Count('\n') + 1, offset - text.AsSpan(0, offset).LastIndexOf('\n'));

    /// <summary>The line around an offset and an arrow under it, in bytes (virxml.c, catchXMLError).</summary>
    public string Context(int offset)
    {
        if (text.Length == 0)
            return "(null)\n^";
        var last = Math.Min(offset, text.Length);
        while (last > 0 && (last == text.Length || text[last] is '\n' or '\r'))
        {
            last--;
            if (text[last] is not ('\n' or '\r'))
                break;
        }

        var start = text.AsSpan(0, last).LastIndexOfAny('\n', '\r') + 1;
        var rest = text.AsSpan(start).IndexOfAny('\n', '\r');
        var end = rest < 0 ? text.Length : start + rest;
        var column = Encoding.UTF8.GetByteCount(text.AsSpan(start, Math.Max(0, Math.Min(offset, text.Length) - start)));
        return $"{text[start..end]}\n{new string('-', column)}^";
    }
}
