using System.Xml;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Reads a text into <see cref="XmlNode"/>s. What is well formed is decided by the platform's parser, which takes a DOCTYPE but never processes
/// it: no declaration counts, nothing outside the text is opened, and any entity reference but the five is an error.
/// </summary>
internal static class XmlTree
{
    /// <summary>libxml2's own limit (xmlParserMaxDepth): open elements around another.</summary>
    public const int MaxDepth = 256;

    /// <summary>One document, in UTF-16 code units; libvirt's own messages carry 4 MiB (REMOTE_STRING_MAX), virsh reads files of 10 MiB.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>One element costs many times its text in memory; what libvirt's 4 MiB can hold of real elements is less than this.</summary>
    public const int MaxElements = 250_000;

    public const string Blanks = " \t\r\n";

    /// <param name="source">What libvirt calls such a text in parser errors: domain_checkpoint or domain_definition.</param>
    public static Result<XmlNode> Parse(string xml, string source)
    {
        if (xml.Length > MaxLength)
            return TooLarge(xml.Length);

        var declaration = Libxml2Wording.Declaration(xml, source);
        if (declaration.Refusal is { } refusal)
            return refusal;

        try
        {
            return Read(xml, WithoutDeclaration(xml, declaration.Length));
        }
        catch (XmlException fault)
        {
            var at = new XmlPosition(Math.Max(1, fault.LineNumber), Math.Max(1, fault.LinePosition));
            return Libxml2Wording.FirstFault(xml, source, at) ?? new Refusal(Rule.XmlMalformed, $"({source}):{at.Line}: {Sentence(fault)}", at);
        }
    }

    public static Refusal TooLarge(long length) => new(Rule.XmlTooLarge, $"the document has {length} characters, {MaxLength} are allowed");

    public static Refusal TooDeep(XmlPosition at) =>
        new(Rule.XmlTooDeep, $"an element at line {at.Line} has more than {MaxDepth} elements around it, {MaxDepth} are allowed", at);

    /// <summary>The settings that every reading shares: names keep their prefixes, since libxml2 takes undeclared ones too.</summary>
    public static XmlTextReader Open(TextReader text) => new(text)
    {
        Namespaces = false,
        Normalization = true,
        DtdProcessing = DtdProcessing.Ignore,
        EntityHandling = EntityHandling.ExpandEntities, // of which none is known, so that every reference but the five is an error
        XmlResolver = null,
        WhitespaceHandling = WhitespaceHandling.All,
    };

    /// <summary>The platform's own words for a fault, without the position it puts behind them.</summary>
    public static string Sentence(XmlException fault)
    {
        var end = fault.Message.LastIndexOf(" Line ", StringComparison.Ordinal);
        return XmlText.Readable(end > 0 ? fault.Message[..end] : fault.Message);
    }

    /// <summary>libxml2 takes more declarations than the platform does (version 1.1, any order of quotes); checked already, it becomes blanks.</summary>
    private static string WithoutDeclaration(string xml, int length) =>
        length == 0 ? xml : string.Concat(string.Concat(xml[..length].Select(c => c is '\n' or '\r' ? c : ' ')), xml.AsSpan(length));

    private static Result<XmlNode> Read(string xml, string body)
    {
        using var reader = Open(new StringReader(body));
        var builder = new XmlTreeBuilder(xml);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth && reader.NodeType == XmlNodeType.Element)
                return TooDeep(new XmlPosition(reader.LineNumber, reader.LinePosition - 1));
            builder.Take(reader);
            if (builder.Elements > MaxElements)
                return new Refusal(Rule.XmlTooLarge, $"the document has more than {MaxElements} elements, {MaxElements} are allowed");
        }

        return builder.Root!;
    }
}
