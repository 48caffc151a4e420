using System.Globalization;
using System.Text;

namespace EventCheckpoints.Domain.Xml;

/// <summary>References, comments and processing instructions (xmlParseCharRef, xmlParseEntityRef, xmlParseComment, xmlParsePI).</summary>
internal sealed partial class Libxml2Wording
{
    private bool Reference() => After(1) == '#' ? CharacterReference() : EntityReference();

    private bool CharacterReference()
    {
        var hex = After(2) == 'x';
        at += hex ? 3 : 2;
        var value = 0;
        while (Raw != ';')
        {
            if (!(hex ? char.IsAsciiHexDigit(Raw) : char.IsAsciiDigit(Raw)))
                return Fail(hex ? "CharRef: invalid hexadecimal value" : "CharRef: invalid decimal value");
            value = Math.Min(0x110000, (value * (hex ? 16 : 10)) + int.Parse(text.AsSpan(at, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            at++;
        }

        at++;
        if (value >= 0x110000)
            return Fail("xmlParseCharRef: character reference out of bounds");
        return IsCharacter(value) || Fail(Number($"xmlParseCharRef: invalid xmlChar value {value}"));
    }

    private bool EntityReference()
    {
        var start = at;
        at++;
        if (!Name(out var name, colons: true))
            return false;
        if (name.Length == 0)
            return Fail("xmlParseEntityRef: no name");
        if (Raw != ';')
            return Fail("EntityRef: expecting ';'");
        at++;
        if (name is "lt" or "gt" or "amp" or "quot" or "apos")
            return true;
        if (knowsAllEntities && !entities.Contains(name))
            return Fail($"Entity '{name}' not defined");
        expansion ??= lines.Of(start);
        return true;
    }

    /// <summary>libxml2 has two loops, a quick one over ASCII and a careful one behind it, and each has words of its own.</summary>
    private bool Comment()
    {
        at += "<!--".Length;
        var start = at;
        while (at < text.Length && (Raw is (>= ' ' and <= '\x7f') or '\t' or '\n' || Ahead("\r\n")))
        {
            if (Ahead("-->"))
            {
                at += "-->".Length;
                return true;
            }

            if (Ahead("--"))
                return Fail("Double hyphen within comment" + (at > start ? ": <!--" + Excerpt(start) : ""));
            at++;
        }

        return RestOfComment();
    }

    private bool RestOfComment()
    {
        var (start, taken, hyphens, first) = (at, 0, 0, 0);
        while (true)
        {
            if (!Current(out var c))
                return false;
            if (c == End)
                return Fail(taken < 3 ? "Comment not terminated" : "Comment not terminated \n<!--" + Excerpt(start));
            if (!IsCharacter(c))
                return Fail(Number($"xmlParseComment: invalid xmlChar value {(taken == 1 ? first : c)}")); // of the second it names the first
            if (hyphens >= 2 && c == '>')
                break;
            if (hyphens >= 2)
                return Fail("Comment must not contain '--' (double-hyphen)");
            hyphens = c == '-' ? hyphens + 1 : 0;
            first = taken++ == 0 ? c : first;
            Next(c);
        }

        at++;
        return true;
    }

    private bool Instruction()
    {
        at += "<?".Length;
        if (!Name(out var target, colons: true))
            return false;
        if (target.Length == 0)
            return Fail("xmlParsePI : no target name");
        if (target == "xml")
            return Fail("XML declaration allowed only at the start of the document");
        if (target.Equals("xml", StringComparison.OrdinalIgnoreCase))
            return Fail("Invalid PI name");
        if (!Ahead("?>") && !SkipBlanks())
            return Fail($"ParsePI: PI {target} space expected");
        while (!Ahead("?>"))
        {
            if (!Current(out var c))
                return false;
            if (c == End || !IsCharacter(c))
                return Fail($"ParsePI: PI {target} never end ...");
            Next(c);
        }

        at += "?>".Length;
        return true;
    }

    /// <summary>What libxml2 quotes of a comment: 50 bytes at most.</summary>
    private string Excerpt(int start)
    {
        var bytes = Encoding.UTF8.GetBytes(text[start..Math.Min(at, start + 100)].ReplaceLineEndings("\n"));
        return Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(50, bytes.Length)));
    }
}
