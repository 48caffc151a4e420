using System.Text;
using System.Xml;

namespace EventCheckpoints.Domain.Xml;

/// <summary>Puts the nodes a parser reports into a tree and finds where each stands in the text.</summary>
internal sealed class XmlTreeBuilder(string xml)
{
    private readonly TextCursor cursor = new(xml);
    private readonly Stack<Open> open = [];

    public XmlNode? Root { get; private set; }

    public int Elements { get; private set; }

    public void Take(XmlTextReader reader)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                Start(reader);
                break;
            case XmlNodeType.EndElement:
                var end = cursor.MoveTo(reader.LineNumber, reader.LinePosition) - "</".Length;
                Close(end, xml.IndexOf('>', end) + 1);
                break;
            case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when open.TryPeek(out var element):
                Text(element, reader);
                break;
            case XmlNodeType.CDATA:
                open.Peek().Append(reader.Value, "");
                open.Peek().Note(isCdata: true);
                break;
            case XmlNodeType.Comment or XmlNodeType.ProcessingInstruction when open.TryPeek(out var element):
                element.Note();
                break;
            default:
                break;
        }
    }

    private void Start(XmlTextReader reader)
    {
        var position = new XmlPosition(reader.LineNumber, reader.LinePosition - 1);
        var start = cursor.MoveTo(reader.LineNumber, reader.LinePosition) - 1;
        var empty = reader.IsEmptyElement;
        var qualified = reader.Name;
        var scope = Scope(reader);
        var (name, space) = Resolve(qualified, scope, isAttribute: false);
        var node = new XmlNode(name, space, position, start, reader.AttributeCount);
        var tagEnd = start + 1 + qualified.Length;
        while (reader.MoveToNextAttribute())
        {
            var at = cursor.MoveTo(reader.LineNumber, reader.LinePosition);
            var quote = xml.AsSpan(at).IndexOfAny('"', '\'') + at;
            tagEnd = xml.IndexOf(xml[quote], quote + 1) + 1;
            if (IsDeclaration(reader.Name))
                continue;
            var (attribute, attributeSpace) = Resolve(reader.Name, scope, isAttribute: true);
            node.Attributes.Add(new XmlAttributeNode(attribute, attributeSpace, reader.Value, at, tagEnd));
        }

        node.ContentStart = xml.IndexOf('>', tagEnd) + 1;
        if (open.TryPeek(out var parent))
        {
            parent.Node.Children.Add(node);
            parent.Note();
        }

        Root ??= node;
        Elements++;
        open.Push(new Open(node, scope));
        if (empty)
            Close(node.ContentStart, node.ContentStart);
    }

    private void Close(int contentEnd, int end)
    {
        var element = open.Pop();
        element.Node.ContentEnd = contentEnd;
        element.Node.End = end;
        element.Node.Text = element.Text;
    }

    /// <summary>
    /// libvirt parses checkpoints with xmlKeepBlanksDefault(0): literal blanks before markup are dropped unless they are all there is, or the
    /// element has had text before (libxml2's areBlanks).
    /// </summary>
    private void Text(Open element, XmlTextReader reader)
    {
        var at = cursor.MoveTo(reader.LineNumber, reader.LinePosition);
        var literal = xml.AsSpan(at);
        var blanks = literal.IndexOfAnyExcept(XmlTree.Blanks);
        var droppable = blanks > 0 && literal[blanks] == '<';
        var alone = !element.HasContent && droppable && literal[blanks..].StartsWith("</");
        if (droppable && !alone && !element.KeepsBlanks)
            return;
        element.Note(isText: true);
        element.Append(reader.Value, "text");
    }

    private Dictionary<string, string> Scope(XmlTextReader reader)
    {
        var scope = open.TryPeek(out var parent) ? parent.Scope : Predeclared;
        var own = false;
        while (reader.MoveToNextAttribute())
        {
            if (!IsDeclaration(reader.Name))
                continue;
            if (!own)
                scope = new Dictionary<string, string>(scope);
            own = true;
            var prefix = reader.Name.Length > "xmlns".Length ? reader.Name["xmlns:".Length..] : "";
            if (reader.Value.Length > 0 || prefix.Length == 0)
                scope[prefix] = reader.Value;
        }

        reader.MoveToElement();
        return scope;
    }

    private static (string Name, string? Namespace) Resolve(string qualified, Dictionary<string, string> scope, bool isAttribute)
    {
        var colon = qualified.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && colon < qualified.Length - 1)
            return scope.TryGetValue(qualified[..colon], out var space) ? (qualified[(colon + 1)..], space) : (qualified, null);
        return !isAttribute && scope.TryGetValue("", out var unnamed) && unnamed.Length > 0 ? (qualified, unnamed) : (qualified, null);
    }

    private static bool IsDeclaration(string name) => name == "xmlns" || name.StartsWith("xmlns:", StringComparison.Ordinal);

    private static readonly Dictionary<string, string> Predeclared = new() { ["xml"] = "http://www.w3.org/XML/1998/namespace" };

    /// <summary>An element whose end has not been met, with the prefixes it knows.</summary>
    private sealed class Open(XmlNode node, Dictionary<string, string> scope)
    {
        private string text = "";
        private StringBuilder? rest;
        private bool hasText;
        private bool endsWithCdata;

        public XmlNode Node { get; } = node;

        public Dictionary<string, string> Scope { get; } = scope;

        /// <summary>Nearly always of one piece or none.</summary>
        public string Text => rest is null ? text : text + rest;

        public void Append(string value, string name)
        {
            if (text.Length == 0)
                text = value;
            else
                (rest ??= new StringBuilder()).Append(value);
            if (Node.HasText || value.AsSpan().Trim(XmlTree.Blanks).IsEmpty)
                return;
            Node.ChildrenBeforeText = Node.Children.Count;
            Node.NameOfText = name;
        }

        public bool HasContent { get; private set; }

        /// <summary>Blanks stay once text has stood here, after a CDATA section, and where one came first.</summary>
        public bool KeepsBlanks => hasText || endsWithCdata;

        public void Note(bool isText = false, bool isCdata = false)
        {
            hasText |= isText || (isCdata && !HasContent);
            endsWithCdata = isCdata;
            HasContent = true;
        }
    }
}
