namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Reads of a <c>&lt;domain&gt;</c> what the store needs to know (uuid, name, disks) and keeps the element's text as it stands, without what is
/// around it (XML declaration, DOCTYPE, comments).
/// </summary>
public static class DefinitionReader
{
    private const string Source = "domain_definition";

    /// <summary>
    /// A document as <c>virsh define</c> takes it, without domain.rng. Refuses with <see cref="Rule.XmlMalformed"/>, <see cref="Rule.XmlTooLarge"/>,
    /// <see cref="Rule.XmlTooDeep"/>, <see cref="Rule.XmlUnexpectedRoot"/>, and libvirt's texts for a name or UUID it does not take.
    /// </summary>
    public static Result<Definition> Read(string xml) => XmlTree.Parse(xml, Source).Then<Definition>(root => root.Name == "domain"
        ? Read(xml, root, DefinitionDisks.ReadTwice)
        : new Refusal(Rule.XmlUnexpectedRoot, $"expecting root element of 'domain', not '{root.Name}'", root.Position));

    /// <summary>A <c>&lt;domain&gt;</c> wherever it stands in <paramref name="xml"/> (virDomainDefParseNode; virDomainDefParseIDs for the order).</summary>
    internal static Result<Definition> Read(string xml, XmlNode domain) => Read(xml, domain, DefinitionDisks.Read);

    private static Result<Definition> Read(string xml, XmlNode domain, Func<IEnumerable<XmlNode>, DefinitionDisk[]> disks)
    {
        if (domain.First("name") is not { Text: { Length: > 0 } given } element)
            return new Refusal(Rule.DomainNameMissing, "missing name information", domain.Position);
        DomainId? id = null;
        if (domain.First("uuid") is { Text.Length: > 0 } uuid)
        {
            if (LibvirtUuid.Parse(uuid.Text) is not { } parsed)
                return new Refusal(Rule.DomainUuidInvalid, "malformed uuid element", uuid.Position);
            id = parsed;
        }

        if (DiskNodes(domain).FirstOrDefault(disk => DefinitionDisks.Target(disk) is null) is { } aimless)
            return new Refusal(Rule.DomainTargetMissing, DefinitionDisks.WithoutTarget(aimless), aimless.Position);
        if (given.Contains('/', StringComparison.Ordinal))
            return new Refusal(Rule.DomainXmlInvalid, $"name {given} cannot contain '/'", element.Position);
        if (!DomainName.TryParse(given, out var name))
            return new Refusal(Rule.DomainNameInvalid, "invalid char in name: \n", element.Position);
        var text = xml[domain.Start..domain.End];
        return new Definition(text, DefinitionHash.Of(text), id, name, disks(DiskNodes(domain)));
    }

    internal static IEnumerable<XmlNode> DiskNodes(XmlNode domain) => domain.All("devices").SelectMany(devices => devices.All("disk"));
}
