using System.Globalization;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// Reads <c>&lt;domaincheckpoint&gt;</c> as libvirt does (checkpoint_conf.c, virDomainCheckpointDefParseString), faults in its order: well
/// formed, root element, schema, name, creation time, domain.
/// </summary>
public static class CheckpointReader
{
    private const string Root = "domaincheckpoint";

    /// <summary>
    /// What a create reads. Refuses with <see cref="Rule.XmlMalformed"/>, <see cref="Rule.XmlTooLarge"/>, <see cref="Rule.XmlTooDeep"/>,
    /// <see cref="Rule.XmlUnexpectedRoot"/>, <see cref="Rule.XmlInvalidSchema"/>.
    /// </summary>
    public static Result<CreateXml> ReadCreate(string xml) => Valid(xml).Then<CreateXml>(root => new CreateXml(Name(root), Description(root), Disks(root)));

    /// <summary>
    /// What a redefine reads. Refuses as <see cref="ReadCreate"/> and with <see cref="Rule.NameMissing"/>,
    /// <see cref="Rule.CreationTimeMissing"/>, <see cref="Rule.DomainXmlInvalid"/>.
    /// </summary>
    public static Result<RedefineXml> ReadRedefine(string xml) => Valid(xml).Then(root => Redefine(xml, root));

    private static Result<XmlNode> Valid(string xml) => XmlTree.Parse(xml, CheckpointSchema.Source).Then(root =>
    {
        if (root.Name != Root)
            return new Refusal(Rule.XmlUnexpectedRoot, $"expecting root element of '{Root}', not '{root.Name}'", root.Position);
        return CheckpointSchema.Check(root) is { } refusal ? refusal : (Result<XmlNode>)root;
    });

    private static Result<RedefineXml> Redefine(string xml, XmlNode root)
    {
        if (Name(root) is not { } name)
            return new Refusal(Rule.NameMissing, "a redefined checkpoint must have a name", root.Position);
        var time = root.First("creationTime");
        if (!long.TryParse(time?.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return new Refusal(Rule.CreationTimeMissing, "missing creationTime from existing checkpoint", (time ?? root).Position);
        var parent = root.First("parent")?.First("name");
        var read = new RedefineXml(name, Description(root), parent is null ? null : MomentName.Trusted(parent.Text), new CreationTime(seconds), Disks(root), null);
        return root.First("domain") is { } domain
            ? DefinitionReader.Read(xml, domain).Then<RedefineXml>(definition => read with { Definition = definition })
            : read;
    }

    private static MomentName? Name(XmlNode root) => root.First("name") is { } name ? MomentName.Trusted(name.Text) : null;

    private static string? Description(XmlNode root) => root.First("description") is { Text.Length: > 0 } description ? description.Text : null;

    private static ListedDisk[] Disks(XmlNode root) => root.First("disks") is { } disks ? [.. disks.Children.Select(Disk)] : [];

    private static ListedDisk Disk(XmlNode disk) => new(
        disk.Attribute("name")!,
        CheckpointSchema.Mode(disk.Attribute("checkpoint")) switch { null => null, "no" => DiskMode.No, _ => DiskMode.Bitmap },
        disk.Attribute("bitmap"));
}
