using System.Text;
using System.Xml;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>XML as libvirt's tools have it in memory and print parts of it (libxml2's xmlNodeDump with its formatting on).</summary>
public static class LibxmlDom
{
    /// <summary>The document without blanks between elements, the disks of each <c>&lt;domain&gt;</c> in libvirt's order.</summary>
    public static XmlDocument Load(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        document.Load(reader);
        DropBlanks(document);
        foreach (var domain in document.SelectNodes("//domain[devices/disk]")!.Cast<XmlElement>().ToArray()) SortDisks(domain);
        return document;
    }

    /// <summary>A node as xmlNodeDump prints it; an attribute has a blank before it.</summary>
    public static string Write(XmlNode node)
    {
        var output = new StringBuilder();
        if (node is XmlDocument document)
        {
            output.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            Write(output, document.DocumentElement!, 0, true);
            output.Append('\n');
        }
        else
        {
            Write(output, node, 0, true);
        }

        return output.ToString();
    }

    private static void Write(StringBuilder output, XmlNode node, int level, bool format)
    {
        switch (node)
        {
            case XmlElement element: Write(output, element, level, format); break;
            case XmlAttribute attribute: output.Append($" {attribute.Name}=\"{Escape(attribute.Value, attribute: true)}\""); break;
            case XmlCDataSection or XmlComment or XmlProcessingInstruction: output.Append(node.OuterXml); break;
            default: output.Append(Escape(node.Value ?? "", attribute: false)); break;
        }
    }

    private static void Write(StringBuilder output, XmlElement element, int level, bool format)
    {
        output.Append('<').Append(element.Name);
        foreach (var attribute in element.Attributes.Cast<XmlAttribute>().OrderBy(a => a.Name != "xmlns" && a.Prefix != "xmlns"))
            Write(output, attribute, level, format);
        if (!element.HasChildNodes)
        {
            output.Append("/>");
            return;
        }

        // Where there is text, blanks would change it.
        format = format && !element.ChildNodes.Cast<XmlNode>().Any(child => child is System.Xml.XmlText or XmlWhitespace or XmlSignificantWhitespace);
        output.Append(format ? ">\n" : ">");
        foreach (XmlNode child in element.ChildNodes)
        {
            if (format) output.Append(' ', 2 * (level + 1));
            Write(output, child, level + 1, format);
            if (format) output.Append('\n');
        }

        if (format) output.Append(' ', 2 * level);
        output.Append("</").Append(element.Name).Append('>');
    }

    private static void DropBlanks(XmlNode node)
    {
        var children = node.ChildNodes.Cast<XmlNode>().ToArray();
        var mixed = children.All(child => child is XmlWhitespace) || children.Any(child => child is System.Xml.XmlText);
        foreach (var child in children)
        {
            if (child is XmlWhitespace && !mixed) node.RemoveChild(child);
            else DropBlanks(child);
        }
    }

    private static void SortDisks(XmlElement domain)
    {
        if (DefinitionReader.Read(domain.OuterXml) is not { Refusal: null } read) return;
        var order = read.Value.Disks.Select((disk, at) => (disk.Target, at)).ToLookup(disk => disk.Target, disk => disk.at);
        foreach (var devices in domain.SelectNodes("devices")!.Cast<XmlElement>())
        {
            var disks = devices.SelectNodes("disk")!.Cast<XmlElement>().ToArray();
            var behind = disks.Length == 0 ? null : disks[0].PreviousSibling;
            foreach (var disk in disks.OrderBy(Place).Reverse())
            {
                devices.RemoveChild(disk);
                devices.InsertAfter(disk, behind);
            }
        }

        int Place(XmlElement disk) => order[disk.SelectSingleNode("target/@dev")?.Value ?? ""].FirstOrDefault(int.MaxValue);
    }

    private static string Escape(string text, bool attribute)
    {
        var escaped = new StringBuilder(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\r", "&#13;");
        return attribute ? escaped.Replace("\"", "&quot;").Replace("\n", "&#10;").Replace("\t", "&#9;").ToString() : escaped.ToString();
    }
}
