namespace EventCheckpoints.Domain.Xml;

/// <summary>Start tags, attributes and end tags (xmlParseStartTag2, xmlParseAttribute2, xmlParseEndTag2).</summary>
internal sealed partial class Libxml2Wording
{
    private bool StartTag()
    {
        var line = lines.Line(at);
        at++;
        if (!QualifiedName(out var prefix, out var name))
            return false;
        if (name.Length == 0)
            return Fail("StartTag: invalid element name");
        SkipBlanks();
        if (!Attributes())
            return false;
        if (Ahead("/>"))
        {
            at += 2;
            return true;
        }

        if (Raw != '>')
            return Fail($"Couldn't find end of Start Tag {name} line {line}");
        at++;
        open.Push((name, prefix, line));
        return true;
    }

    private bool Attributes()
    {
        var seen = new HashSet<string>();
        string? twice = null;
        while (Raw != '>' && !Ahead("/>") && (Blank(Raw) || Raw >= ' '))
        {
            if (!Attribute(out var name))
                return false;
            if (!seen.Add(name))
            {
                twice ??= name;
                if (name == "xmlns" || name.StartsWith("xmlns:", StringComparison.Ordinal))
                    return Fail($"Attribute {name} redefined");
            }

            if (Raw == '>' || Ahead("/>"))
                break;
            if (!SkipBlanks())
                return Fail("attributes construct error");
        }

        return twice is null || Fail($"Attribute {twice} redefined");
    }

    private bool Attribute(out string name)
    {
        name = "";
        if (!QualifiedName(out var prefix, out var local))
            return false;
        if (local.Length == 0)
            return Fail("error parsing attribute name");
        name = prefix.Length > 0 ? prefix + ":" + local : local;
        SkipBlanks();
        if (Raw != '=')
            return Fail($"Specification mandates value for attribute {local}");
        at++;
        SkipBlanks();
        return AttributeValue();
    }

    private bool AttributeValue()
    {
        var quote = Raw;
        if (quote is not ('"' or '\''))
            return Fail("AttValue: \" or ' expected");
        at++;
        while (Raw != quote)
        {
            if (!Current(out var c))
                return false;
            if (c == '<')
                return Fail("Unescaped '<' not allowed in attributes values");
            if (c == End)
                return Fail("AttValue: ' expected");
            if (!IsCharacter(c))
                return Fail("invalid character in attribute value");
            if (c != '&')
                Next(c);
            else if (!Reference())
                return false;
        }

        at++;
        return true;
    }

    private bool EndTag()
    {
        var (name, prefix, line) = open.Peek();
        at += "</".Length;
        string given;
        if (prefix.Length == 0)
        {
            if (!Name(out given, colons: true))
                return false;
        }
        else if (!QualifiedName(out var givenPrefix, out given))
        {
            return false;
        }
        else if (given == name && givenPrefix != prefix)
        {
            given += "\0";
        }

        SkipBlanks();
        if (Raw != '>')
            return Fail("expected '>'");
        at++;
        if (given != name)
            return Fail($"Opening and ending tag mismatch: {name} line {line} and {(given.Length == 0 ? "unparsable" : given.TrimEnd('\0'))}");
        open.Pop();
        return true;
    }
}
