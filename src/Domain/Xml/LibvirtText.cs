using System.Buffers;
using System.Text;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Escaping as virBufferEscapeString does it, in text and attributes alike, but for the characters that a parser would change
/// (docs/decisions/0002): those are written as references.
/// </summary>
internal static class LibvirtText
{
    public static string Escape(string value) => Escape(value, Text);

    public static string EscapeAttribute(string value) => Escape(value, Attribute);

    private static string Escape(string value, SearchValues<char> special)
    {
        var next = value.AsSpan().IndexOfAny(special);
        if (next < 0)
            return value;
        var escaped = new StringBuilder(value.Length + 16);
        foreach (var c in value)
        {
            if (special.Contains(c))
                escaped.Append(Reference(c));
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }

    private static string Reference(char c) => c switch
    {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        '\'' => "&apos;",
        '\t' => "&#9;",
        '\n' => "&#10;",
        '\r' => "&#13;",
        _ => "", // XML has no way to write it; libvirt drops it too.
    };

    private const string Markup = "<>&\"'\r";

    private const string Unwritable =
        "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000B\u000C\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\uFFFE\uFFFF";

    private static readonly SearchValues<char> Text = SearchValues.Create(Markup + Unwritable);

    private static readonly SearchValues<char> Attribute = SearchValues.Create(Markup + "\t\n" + Unwritable);
}
