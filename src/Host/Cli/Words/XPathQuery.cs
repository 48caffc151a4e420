using System.Xml;
using System.Xml.XPath;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>--xpath and --wrap of the dumpxml words (virshDumpXML): only the nodes that an expression selects, written as libxml2 writes them.</summary>
internal static class XPathQuery
{
    public const string Note =
        "--xpath prints each node on a line of its own; an expression that cannot be read prints its fault and nothing else, and the exit code is 0, as virsh's is.";

    public static IReadOnlyList<WordOption> Options { get; } =
    [
        new("xpath", Takes.Text, "xpath expression to filter the XML document", NamedOnly: true),
        new("wrap", Takes.Nothing, "wrap xpath results in an common root element"),
    ];

    /// <summary>virsh fails without a word on an empty expression, before it looks at anything else.</summary>
    public static bool IsEmpty(Invocation call) => call.Given("xpath") is "";

    /// <summary>Prints the document, or what --xpath selects of it.</summary>
    public static bool Print(Invocation call, string xml)
    {
        if (call.Given("xpath") is not { } xpath)
        {
            call.Out.Write(xml.EndsWith('\n') ? xml : xml + "\n");
            return true;
        }

        var document = LibxmlDom.Load(xml);
        object? found;
        try
        {
            var expression = XPathExpression.Compile(xpath);
            if (expression.ReturnType != XPathResultType.NodeSet) return call.Fail($"internal error: Incorrect xpath '{xpath}'");
            found = document.CreateNavigator()!.Evaluate(expression);
        }
        catch (XPathException e)
        {
            var names = e.Message.Contains("Namespace", StringComparison.Ordinal) || e.Message.Contains("prefix", StringComparison.OrdinalIgnoreCase);
            call.Errors.Write(names ? "XPath error : Undefined namespace prefix\n" : "XPath error : Invalid expression\n");
            return true;
        }

        var nodes = ((XPathNodeIterator)found).Cast<XPathNavigator>().Select(at => (XmlNode)at.UnderlyingObject!).ToArray();
        if (call.Has("wrap")) call.Out.Write(LibxmlDom.Write(Wrap(document, nodes)) + "\n");
        else foreach (var node in nodes) call.Out.Write(LibxmlDom.Write(node) + "\n");
        return true;
    }

    private static XmlElement Wrap(XmlDocument document, XmlNode[] nodes)
    {
        var root = document.CreateElement("nodes");
        foreach (var node in nodes)
        {
            if (node is XmlAttribute attribute) root.SetAttribute(attribute.Name, attribute.Value);
            else root.AppendChild((node is XmlDocument whole ? whole.DocumentElement! : node).CloneNode(true));
        }

        return root;
    }
}
