using System.Text;

namespace EventCheckpoints.Domain.Xml;

/// <summary>Characters and names, as libxml2 reads them (xmlCurrentChar, xmlParseName, xmlParseQName; XML 1.0, fifth edition).</summary>
internal sealed partial class Libxml2Wording
{
    /// <summary>What libxml2 sees behind the last character, and where too few bytes are left for a character.</summary>
    private const int End = 0;

    /// <summary>libxml2 looks at bytes where it decides what comes next, and at characters only where it takes them.</summary>
    private char Raw => at < text.Length ? text[at] : '\0';

    private char After(int distance) => at + distance < text.Length ? text[at + distance] : '\0';

    private bool Ahead(string what) => text.AsSpan(at).StartsWith(what, StringComparison.Ordinal);

    private static bool Blank(int c) => c is ' ' or '\t' or '\r' or '\n';

    private bool SkipBlanks()
    {
        var start = at;
        while (Blank(Raw))
            at++;
        return at > start;
    }

    /// <summary>The character here. A byte that is no UTF-8 (<see cref="XmlText"/> left it as a lone surrogate) and a code point that XML forbids are faults.</summary>
    private bool Current(out int c)
    {
        c = End;
        if (at >= text.Length)
            return true;
        if (XmlText.IsStrayByte(text[at]))
            return XmlText.FourBytes(text, at) is not { } bytes || Fail("Input is not proper UTF-8, indicate encoding !\n" + bytes);
        c = Rune.TryGetRuneAt(text, at, out var rune) ? rune.Value : text[at];
        return c < 0x80 || IsCharacter(c) || Fail($"Char 0x{c:X} out of allowed range");
    }

    private void Next(int c) => at += c > 0xFFFF ? 2 : 1;

    private static bool IsCharacter(int c) =>
        c is '\t' or '\n' or '\r' or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);

    private static bool StartsName(int c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_'
            or (>= 0xC0 and <= 0xD6) or (>= 0xD8 and <= 0xF6) or (>= 0xF8 and <= 0x2FF) or (>= 0x370 and <= 0x37D) or (>= 0x37F and <= 0x1FFF)
            or 0x200C or 0x200D or (>= 0x2070 and <= 0x218F) or (>= 0x2C00 and <= 0x2FEF) or (>= 0x3001 and <= 0xD7FF)
            or (>= 0xF900 and <= 0xFDCF) or (>= 0xFDF0 and <= 0xFFFD) or (>= 0x10000 and <= 0xEFFFF);

    private static bool ContinuesName(int c) =>
        StartsName(c) || c is (>= '0' and <= '9') or '-' or '.' or 0xB7 or (>= 0x300 and <= 0x36F) or 0x203F or 0x2040;

    /// <summary>A name, colons included or not; empty where none stands here.</summary>
    private bool Name(out string name, bool colons)
    {
        var start = at;
        name = "";
        if (!Current(out var c))
            return false;
        while (at == start ? StartsName(c) || (colons && c == ':') : ContinuesName(c) || (colons && c == ':'))
        {
            Next(c);
            if (!Current(out c))
                return false;
        }

        name = text[start..at];
        return true;
    }

    /// <summary>A qualified name. The local part is empty where none stands here; odd colons are taken into it, as libxml2 does.</summary>
    private bool QualifiedName(out string prefix, out string local)
    {
        prefix = "";
        if (!Name(out local, colons: false))
            return false;
        if (local.Length == 0)
            return Raw != ':' || Name(out local, colons: true);
        if (Raw != ':')
            return true;
        prefix = local;
        at++;
        if (!Name(out local, colons: false))
            return false;
        if (local.Length == 0)
        {
            var rest = at;
            while (at < text.Length && (ContinuesName(text[at]) || text[at] == ':'))
                at++;
            (prefix, local) = ("", prefix + ":" + text[rest..at]);
        }
        else if (Raw == ':')
        {
            at++;
            var first = local;
            if (!Name(out local, colons: true))
                return false;
            local = first + ":" + local;
        }

        return true;
    }
}
