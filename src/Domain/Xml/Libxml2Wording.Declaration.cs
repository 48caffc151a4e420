using System.Text.RegularExpressions;

namespace EventCheckpoints.Domain.Xml;

/// <summary>The XML declaration (xmlParseXMLDecl).</summary>
internal sealed partial class Libxml2Wording
{
    private bool XmlDeclaration()
    {
        at = "<?xml".Length;
        SkipBlanks();
        if (!VersionInfo())
            return false;
        if (!Blank(Raw) && !Ahead("?>"))
            return Fail("Blank needed here");
        SkipBlanks();
        if (Ahead("encoding"))
        {
            if (!EncodingName())
                return false;
            SkipBlanks();
        }

        if (Ahead("standalone") && !Standalone())
            return false;
        SkipBlanks();
        if (!Ahead("?>"))
            return Fail("parsing XML declaration: '?>' expected");
        at += "?>".Length;
        return true;
    }

    private bool VersionInfo()
    {
        if (!Ahead("version"))
            return Fail("Malformed declaration expecting version");
        if (!Opening("version", out var quote))
            return false;
        var start = at;
        var whole = char.IsAsciiDigit(Raw) && After(1) == '.';
        at += whole ? 2 : char.IsAsciiDigit(Raw) ? 1 : 0;
        while (whole && char.IsAsciiDigit(Raw))
            at++;
        var version = text[start..at];
        if (!Closing(quote))
            return false;
        if (!whole)
            return Fail("Malformed declaration expecting version");
        return version.StartsWith("1.", StringComparison.Ordinal) || Fail($"Unsupported version '{version}'");
    }

    private bool EncodingName()
    {
        if (!Opening("encoding", out var quote))
            return false;
        if (!char.IsAsciiLetter(Raw))
            return Fail("Invalid XML encoding name");
        var start = at;
        while (char.IsAsciiLetterOrDigit(Raw) || Raw is '.' or '_' or '-')
            at++;
        var encoding = text[start..at];
        if (!Closing(quote))
            return false;
        if (!KnownEncoding().IsMatch(string.Concat(encoding.Split('.', '-', '_'))))
            return Fail($"Unsupported encoding {encoding}");
        return encoding.ToUpperInvariant() is "UTF-8" or "UTF8" or "UTF-16" or "UTF16" || Blank(Raw) || Ahead("?>") || Fail("Blank needed here");
    }

    private bool Standalone()
    {
        if (!Opening("standalone", out var quote))
            return false;
        if (!Ahead("no") && !Ahead("yes"))
            return Fail("standalone accepts only 'yes' or 'no'");
        at += Ahead("no") ? 2 : 3;
        return Closing(quote);
    }

    private bool Opening(string name, out char quote)
    {
        at += name.Length;
        SkipBlanks();
        quote = '\0';
        if (Raw != '=')
            return Fail("expected '='");
        at++;
        SkipBlanks();
        quote = Raw;
        if (quote is not ('"' or '\''))
            return Fail("String not started expecting ' or \"");
        at++;
        return true;
    }

    private bool Closing(char quote)
    {
        if (Raw != quote)
            return Fail("String not closed expecting \" or '");
        at++;
        return true;
    }

    /// <summary>
    /// The families iconv knows, which looks past dots, dashes and underscores. The bytes are UTF-8 whatever is declared, so that nothing hangs on
    /// the list being whole.
    /// </summary>
    [GeneratedRegex(
        @"\A(UTF(7|8|16|32)(LE|BE)?|UCS[24](LE|BE)?|ISO10646.*|ISO8859\d+|ISO2022.+|(US)?ASCII|ANSI.+|LATIN\d|L\d|(WINDOWS|CP|IBM)\d+"
            + "|KOI8.+|EUC.+|SHIFTJIS|SJIS|GB.+|BIG5.*|MAC.*|TIS620.*|HTML)\\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KnownEncoding();
}
