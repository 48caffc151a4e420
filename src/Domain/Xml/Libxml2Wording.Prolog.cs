namespace EventCheckpoints.Domain.Xml;

/// <summary>The XML declaration and the DOCTYPE (xmlParseXMLDecl, xmlParseDocTypeDecl, xmlParseInternalSubset).</summary>
internal sealed partial class Libxml2Wording
{
    private bool XmlDeclaration()
    {
        at = "<?xml".Length;
        SkipBlanks();
        if (!Ahead("version"))
            return Fail("Malformed declaration expecting version");
        if (!Pseudo("version", c => char.IsAsciiDigit(c) || c == '.', out var version))
            return false;
        if (!version.StartsWith("1.", StringComparison.Ordinal))
            return Fail(version.Length == 0 ? "Malformed declaration expecting version" : $"Unsupported version '{version}'");
        if (!Blank(Raw) && !Ahead("?>"))
            return Fail("Blank needed here");
        SkipBlanks();
        if (Ahead("encoding"))
        {
            if (!Pseudo("encoding", c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-', out var encoding))
                return false;
            if (encoding.Length == 0 || !char.IsAsciiLetter(encoding[0]))
                return Fail("Invalid XML encoding name");
            if (!IsEncoding(encoding))
                return Fail($"Unsupported encoding {encoding}");
            if (!Blank(Raw) && !Ahead("?>"))
                return Fail("Blank needed here");
            SkipBlanks();
        }

        if (Ahead("standalone"))
        {
            if (!Pseudo("standalone", char.IsAsciiLetter, out var standalone))
                return false;
            if (standalone is not ("yes" or "no"))
                return Fail("standalone accepts only 'yes' or 'no'");
            SkipBlanks();
        }

        if (!Ahead("?>"))
            return Fail("parsing XML declaration: '?>' expected");
        at += "?>".Length;
        return true;
    }

    private bool Pseudo(string name, Func<char, bool> allowed, out string value)
    {
        value = "";
        at += name.Length;
        SkipBlanks();
        if (Raw != '=')
            return Fail("expected '='");
        at++;
        SkipBlanks();
        var quote = Raw;
        if (quote is not ('"' or '\''))
            return Fail("String not started expecting ' or \"");
        at++;
        var start = at;
        while (allowed(Raw))
            at++;
        value = text[start..at];
        if (Raw != quote && name != "standalone")
            return Fail(value.Length == 0 && name == "encoding" ? "Invalid XML encoding name" : "String not closed expecting \" or '");
        at++;
        return true;
    }

    /// <summary>The families iconv knows. The bytes are UTF-8 whatever is declared, so that nothing hangs on the list being whole.</summary>
    private static bool IsEncoding(string name) => KnownEncodings.Any(known => name.StartsWith(known, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] KnownEncodings =
        ["UTF", "UCS", "ISO-", "ISO8859", "ISO_8859", "ASCII", "US-ASCII", "ANSI", "LATIN", "L1", "WINDOWS-", "CP", "IBM", "KOI8", "EUC", "SHIFT", "SJIS", "GB", "BIG5", "MAC", "TIS", "HTML"];

    /// <summary>Only what tells which entities are declared is looked at; other declarations are passed over up to their end.</summary>
    private bool DocumentType()
    {
        at += "<!DOCTYPE".Length;
        SkipBlanks();
        if (!Name(out var name, colons: true))
            return false;
        if (name.Length == 0)
            return Fail("xmlParseDocTypeDecl : no DOCTYPE name !");
        SkipBlanks();
        if (!ExternalId())
            return false;
        SkipBlanks();
        if (Raw == '[' && !InternalSubset())
            return false;
        if (Raw != '>')
            return Fail("DOCTYPE improperly terminated");
        at++;
        return true;
    }

    private bool ExternalId()
    {
        var isPublic = Ahead("PUBLIC");
        if (!isPublic && !Ahead("SYSTEM"))
            return true;
        knowsAllEntities = false;
        at += 6;
        if (!SkipBlanks())
            return Fail($"Space required after '{(isPublic ? "PUBLIC" : "SYSTEM")}'");
        if (!isPublic)
            return Literal();
        if (!Literal())
            return false;
        return SkipBlanks() ? Literal() : Fail("Space required after the Public Identifier");
    }

    private bool Literal()
    {
        var quote = Raw;
        if (quote is not ('"' or '\''))
            return Fail("SystemLiteral \" or ' expected");
        var end = text.IndexOf(quote, at + 1);
        if (end < 0)
        {
            at = text.Length;
            return Fail("Unfinished System or Public ID \" or ' expected");
        }

        at = end + 1;
        return true;
    }

    private bool InternalSubset()
    {
        at++;
        while (true)
        {
            SkipBlanks();
            if (Raw == ']')
            {
                at++;
                SkipBlanks();
                return true;
            }

            var ok = Ahead("<!--") ? Comment() : Ahead("<?") ? Instruction() : Ahead("<!") ? MarkupDeclaration() : ParameterReference();
            if (!ok)
                return false;
        }
    }

    private bool MarkupDeclaration()
    {
        if (Ahead("<!ENTITY"))
        {
            at += "<!ENTITY".Length;
            SkipBlanks();
            if (!Name(out var name, colons: true))
                return false;
            entities.Add(name);
        }

        while (at < text.Length && Raw != '>')
        {
            if (Raw is '"' or '\'' && text.IndexOf(Raw, at + 1) is > 0 and var close)
                at = close;
            at++;
        }

        at = Math.Min(at + 1, text.Length);
        return true;
    }

    private bool ParameterReference()
    {
        if (Raw != '%')
            return Fail("internal error: xmlParseInternalSubset: error detected in Markup declaration\n");
        knowsAllEntities = false;
        at++;
        if (!Name(out var name, colons: true))
            return false;
        if (name.Length == 0)
            return Fail("PEReference: no name");
        if (Raw != ';')
            return Fail("PEReference: expecting ';'");
        at++;
        return true;
    }
}
