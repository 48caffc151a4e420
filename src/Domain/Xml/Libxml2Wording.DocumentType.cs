namespace EventCheckpoints.Domain.Xml;

/// <summary>The DOCTYPE (xmlParseDocTypeDecl, xmlParseInternalSubset).</summary>
internal sealed partial class Libxml2Wording
{
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
