namespace EventCheckpoints.Domain.Xml;

/// <summary>An attribute as it stands in its text.</summary>
/// <param name="Name">The local name; with its prefix where that is not declared, as libxml2 keeps it.</param>
/// <param name="Namespace">Null for none.</param>
/// <param name="Start">Offset of the name's first character.</param>
/// <param name="End">Offset after the closing quote.</param>
internal readonly record struct XmlAttributeNode(string Name, string? Namespace, string Value, int Start, int End);

/// <summary>
/// An element as it stands in its text: what it says, and the offsets (UTF-16 code units) that let a reader cut it out or change one part of
/// it without touching any other character.
/// </summary>
/// <param name="name">The local name; with its prefix where that is not declared, as libxml2 keeps it.</param>
/// <param name="space">The namespace, or null for none.</param>
/// <param name="attributes">How many there will be at most, declarations included.</param>
internal sealed class XmlNode(string name, string? space, XmlPosition position, int start, int attributes)
{
    public string Name { get; } = name;

    public string? Namespace { get; } = space;

    /// <summary>Of the opening bracket.</summary>
    public XmlPosition Position { get; } = position;

    /// <summary>Offset of the opening bracket.</summary>
    public int Start { get; } = start;

    /// <summary>Offset after the start tag; equals <see cref="End"/> for an empty-element tag.</summary>
    public int ContentStart { get; set; }

    /// <summary>Offset of the end tag; equals <see cref="End"/> for an empty-element tag.</summary>
    public int ContentEnd { get; set; }

    /// <summary>Offset after the element.</summary>
    public int End { get; set; }

    public List<XmlAttributeNode> Attributes { get; } = new(attributes);

    public List<XmlNode> Children { get; } = [];

    /// <summary>The element's own text, comments and processing instructions left out.</summary>
    public string Text { get; set; } = "";

    /// <summary>How many children stand before the first text that is not blank; null where there is none.</summary>
    public int? ChildrenBeforeText { get; set; }

    /// <summary>libxml2's name for that text: a CDATA section has none.</summary>
    public string NameOfText { get; set; } = "text";

    public bool HasText => ChildrenBeforeText is not null;

    /// <summary>The children of that name and of no namespace, as libvirt's XPath asks for them.</summary>
    public IEnumerable<XmlNode> All(string name) => Children.Where(child => child.Is(name));

    public XmlNode? First(string name) => Children.Find(child => child.Is(name));

    public bool Is(string name) => Name == name && Namespace is null;

    /// <summary>An attribute of no namespace; null where there is none.</summary>
    public string? Attribute(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name && attribute.Namespace is null)
                return attribute.Value;
        }

        return null;
    }
}
