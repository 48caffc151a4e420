using System.Text;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Changes to the text of a <c>&lt;domain&gt;</c> that leave every other character as it is. Each takes a text that
/// <see cref="DefinitionReader"/> has taken before, and throws on another.
/// </summary>
public static class DefinitionText
{
    private const string Password = "passwd";
    private const string Cookie = "cookies";

    /// <summary>
    /// Without what libvirt 9 leaves out when VIR_DOMAIN_XML_SECURE is not asked for: graphics/@passwd (virDomainGraphicsAuthDefFormatAttr) and
    /// the <c>&lt;cookies&gt;</c> of a source (virDomainDiskSourceFormat), each with the blanks before it.
    /// </summary>
    public static string WithoutSecrets(string domainXml)
    {
        // Names cannot be written in another way, so a text without these words has none, as most have, and need not be read.
        if (!domainXml.Contains(Password, StringComparison.Ordinal) && !domainXml.Contains(Cookie, StringComparison.Ordinal)) return domainXml;
        var secrets = Secrets(Root(domainXml)).Select(secret => (Start: BlanksBefore(domainXml, secret.Start), secret.End));
        var text = new StringBuilder();
        var from = 0;
        foreach (var (start, end) in secrets.OrderBy(secret => secret.Start))
        {
            text.Append(domainXml, from, start - from);
            from = end;
        }

        return from == 0 ? domainXml : text.Append(domainXml, from, domainXml.Length - from).ToString();
    }

    /// <summary>The same definition under another name.</summary>
    public static string WithName(string domainXml, DomainName name)
    {
        var element = Root(domainXml).First("name")!;
        return string.Concat(domainXml.AsSpan(0, element.ContentStart), LibvirtText.Escape(name.Value), domainXml.AsSpan(element.ContentEnd));
    }

    /// <summary>The same definition with a <c>&lt;uuid&gt;</c> after its name, indented like it; as it is where it has one.</summary>
    public static string WithUuid(string domainXml, DomainId id)
    {
        var root = Root(domainXml);
        if (root.First("uuid") is { } uuid)
            return uuid.Text.Length > 0 ? domainXml : domainXml[..uuid.Start] + $"<uuid>{id}</uuid>" + domainXml[uuid.End..];
        var name = root.First("name")!;
        var indent = domainXml[BlanksBefore(domainXml, name.Start)..name.Start];
        return domainXml[..name.End] + $"{indent}<uuid>{id}</uuid>" + domainXml[name.End..];
    }

    private static XmlNode Root(string domainXml) => XmlTree.Parse(domainXml, "domain_definition").Value;

    private static IEnumerable<(int Start, int End)> Secrets(XmlNode domain)
    {
        foreach (var device in domain.All("devices").SelectMany(devices => devices.Children))
        {
            if (device.Is("graphics"))
            {
                foreach (var attribute in device.Attributes.Where(attribute => attribute is { Name: Password, Namespace: null }))
                    yield return (attribute.Start, attribute.End);
            }

            foreach (var cookies in Cookies(device))
                yield return (cookies.Start, cookies.End);
        }
    }

    /// <summary>Sources stand in a disk itself, in its backing chain and its mirror.</summary>
    private static IEnumerable<XmlNode> Cookies(XmlNode node) =>
        node.Children.SelectMany(child => node.Is("source") && child.Is(Cookie) ? [child] : Cookies(child));

    private static int BlanksBefore(string text, int offset) => text.AsSpan(0, offset).TrimEnd(XmlTree.Blanks).Length;
}
