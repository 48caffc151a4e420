using System.Globalization;
using System.Text.RegularExpressions;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// libvirt's domaincheckpoint.rng by hand, in libxml2's words. Of a <c>&lt;domain&gt;</c> only what the store reads is looked at
/// (<see cref="DefinitionSchema"/>); the rest of it is opaque.
/// </summary>
internal static partial class CheckpointSchema
{
    public const string Source = "domain_checkpoint";

    public const string Failure = "Unable to validate doc against /usr/share/libvirt/schemas/domaincheckpoint.rng\n";

    private const string Root = "domaincheckpoint";

    /// <summary>
    /// Null where the document is valid. libxml2 sorts the children by name up to the first that has no place, checks each sort in the schema's
    /// order, and looks at what has no place and at the attributes only then (xmlRelaxNGValidateInterleave).
    /// </summary>
    public static Refusal? Check(XmlNode root)
    {
        if (root.Namespace is not null)
            return Invalid("Expecting no namespace for element domaincheckpoint", root.Position);
        var stranger = root.Children.FindIndex(child => child.Namespace is not null || !Parts.Any(part => part.Name == child.Name));
        var placed = Math.Min(stranger < 0 ? root.Children.Count : stranger, root.ChildrenBeforeText ?? int.MaxValue);
        foreach (var (name, isValid) in Parts)
        {
            var given = root.Children.Take(placed).Where(child => child.Name == name).ToList();
            if (given.Count > 1 || (given.Count == 1 && !isValid(given[0])))
                return ExtraElement(given[^1]);
        }

        if (placed == root.ChildrenBeforeText)
            return Invalid($"Element {Root} has extra content: {root.NameOfText}", root.Position);
        if (placed < root.Children.Count)
            return Invalid($"Element {Root} has extra content: {root.Children[placed].Name}", root.Children[placed].Position);
        return root.Attributes.Count > 0
            ? Invalid($"Invalid attribute {root.Attributes[0].Name} for element {Root}", root.Position)
            : null;
    }

    private static Refusal ExtraElement(XmlNode child) =>
        Invalid($"Extra element {child.Name} in interleave\nElement {Root} failed to validate content", child.Position);

    private static Refusal Invalid(string detail, XmlPosition at) => new(Rule.XmlInvalidSchema, $"{Failure}{detail}\n", at);

    private static readonly (string Name, Func<XmlNode, bool> IsValid)[] Parts =
    [
        ("name", node => IsData(node) && MomentName.TryParse(node.Text, out _)),
        ("description", IsData),
        ("creationTime", node => IsData(node) && IsUnsignedLong(node.Text)),
        ("disks", node => IsBare(node) && node.Children.Count > 0 && node.Children.TrueForAll(IsDisk)),
        ("domain", DefinitionSchema.Passes),
        ("parent", node => IsBare(node) && node.Children is [var name] && name.Is("name") && IsData(name) && MomentName.TryParse(name.Text, out _)),
    ];

    private static bool IsData(XmlNode node) => node.Attributes.Count == 0 && node.Children.Count == 0;

    private static bool IsBare(XmlNode node) => node.Attributes.Count == 0 && !node.HasText;

    private static bool IsDisk(XmlNode node)
    {
        if (!node.Is("disk") || node.HasText || node.Children.Count > 0)
            return false;
        if (node.Attributes.Any(attribute => attribute.Namespace is not null || attribute.Name is not ("name" or "checkpoint" or "bitmap" or "size")))
            return false;
        var alone = node.Attribute("bitmap") is null && node.Attribute("size") is null;
        return node.Attribute("name") is { } name && (IsTarget(name) || Path().IsMatch(name))
            && Mode(node.Attribute("checkpoint")) switch { null or "bitmap" => true, "no" => alone, _ => false }
            && (node.Attribute("size") is not { } size || IsUnsignedLong(size));
    }

    /// <summary>A value of RELAX NG's type token: blanks around it do not count.</summary>
    public static string? Mode(string? checkpoint) => checkpoint?.Trim(XmlTree.Blanks.ToCharArray());

    private static bool IsUnsignedLong(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    public static bool IsTarget(string name) => Target().IsMatch(name);

    /// <summary>diskTargetDev of storagecommon.rng.</summary>
    [GeneratedRegex(@"\A(ioemu:)?(fd|hd|sd|vd|xvd|ubd)[a-zA-Z0-9_]+\z")]
    private static partial Regex Target();

    /// <summary>absFilePath of basictypes.rng; XSD's dot is any character but CR and LF.</summary>
    [GeneratedRegex(@"\A(/|[a-zA-Z]:\\)[^\r\n]+\z")]
    private static partial Regex Path();
}
