using System.Globalization;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Words the first fault of a text that is not well formed as libxml2 2.9 words it, in the frame libvirt puts around it (virxml.c,
/// catchXMLError): "(domain_checkpoint):LINE: sentence", the line of the text, and an arrow under the fault. It decides nothing: the platform's
/// parser has refused the text before.
/// </summary>
/// <remarks>Each method eats one construct and answers false once <see cref="fault"/> is set.</remarks>
internal sealed partial class Libxml2Wording
{
    private const string Blanks = XmlTree.Blanks;

    private readonly string text;
    private readonly string source;
    private readonly Stack<(string Name, string Prefix, int Line)> open = [];
    private readonly HashSet<string> entities = [];
    private readonly XmlLines lines;
    private int at;
    private bool knowsAllEntities = true;
    private XmlPosition? expansion;
    private Refusal? fault;

    private Libxml2Wording(string text, string source)
    {
        this.text = text;
        this.source = source;
        lines = new XmlLines(text);
    }

    /// <summary>Null where libxml2 would find none; <paramref name="position"/> is the platform's, kept for the refusal.</summary>
    public static Refusal? FirstFault(string text, string source, XmlPosition? position = null)
    {
        var wording = new Libxml2Wording(text, source);
        if (wording.Document() && wording.expansion is { } reference)
            return NotExpanded(source, reference);
        return wording.fault is { } fault ? fault with { At = position ?? fault.At } : null;
    }

    /// <summary>The length of the XML declaration, 0 where there is none, or libxml2's refusal of it.</summary>
    public static (int Length, Refusal? Refusal) Declaration(string text, string source)
    {
        if (!HasDeclaration(text))
            return (0, null);
        var wording = new Libxml2Wording(text, source);
        return wording.XmlDeclaration() ? (wording.at, null) : (0, wording.fault);
    }

    private static bool HasDeclaration(string text) =>
        text.Length > 5 && text.StartsWith("<?xml", StringComparison.Ordinal) && Blanks.Contains(text[5], StringComparison.Ordinal);

    /// <summary>
    /// libxml2 keeps a reference to a declared entity as it is, and libvirt's schema then refuses it in most places; here nothing a DOCTYPE
    /// declares counts anywhere.
    /// </summary>
    private static Refusal NotExpanded(string source, XmlPosition at) => source == CheckpointSchema.Source
        ? new Refusal(Rule.XmlInvalidSchema, CheckpointSchema.Failure + "Element domaincheckpoint failed to validate content\n", at)
        : new Refusal(Rule.XmlMalformed, $"({source}):{at.Line}: a reference to an entity that the DOCTYPE declares is not followed", at);

    private bool Document()
    {
        if (text.Length == 0)
            return Fail("Document is empty");
        if (HasDeclaration(text) && !XmlDeclaration())
            return false;
        if (!Misc())
            return false;
        if (Ahead("<!DOCTYPE") && !(DocumentType() && Misc()))
            return false;
        if (Raw != '<')
            return Fail("Start tag expected, '<' not found");
        if (!StartTag() || !Content() || !Misc())
            return false;
        return at >= text.Length || Fail("Extra content at the end of the document");
    }

    private bool Misc()
    {
        SkipBlanks();
        while (Ahead("<?") || Ahead("<!--"))
        {
            if (!(Ahead("<?") ? Instruction() : Comment()))
                return false;
            SkipBlanks();
        }

        return true;
    }

    private bool Content()
    {
        while (open.Count > 0)
        {
            if (at >= text.Length)
            {
                var (name, _, line) = open.Peek();
                return Fail($"Premature end of data in tag {name} line {line}");
            }

            var ok = Ahead("<?") ? Instruction()
                : Ahead("<![CDATA[") ? CdataSection()
                : Ahead("<!--") ? Comment()
                : Ahead("</") ? EndTag()
                : Raw == '<' ? StartTag()
                : Raw == '&' ? Reference()
                : CharacterData();
            if (!ok)
                return false;
        }

        return true;
    }

    private bool CharacterData()
    {
        var start = at;
        while (at < text.Length && Raw is not ('<' or '&'))
        {
            if (Ahead("]]>"))
                return Fail("Sequence ']]>' not allowed in content");
            if (!Current(out var c))
                return false;
            if (c == End)
                break;
            if (!IsCharacter(c))
                return Fail(Number($"PCDATA invalid Char value {c}"));
            Next(c);
        }

        return at > start || at >= text.Length || Fail("internal error: detected an error in element content");
    }

    private bool CdataSection()
    {
        at += "<![CDATA[".Length;
        for (var taken = 0; !Ahead("]]>"); taken++)
        {
            if (!Current(out var c))
                return false;
            if (c == End || !IsCharacter(c))
                return Fail(taken < 2 ? "Unregistered error message" : "CData section not finished"); // libxml2 has no words for a short one
            Next(c);
        }

        at += "]]>".Length;
        return true;
    }

    private bool Fail(string sentence)
    {
        var position = lines.Of(at);
        var words = XmlText.Readable($"({source}):{position.Line}: {sentence}\n{lines.Context(at)}");
        fault = new Refusal(Rule.XmlMalformed, words, position);
        return false;
    }

    private static string Number(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
