using System.Globalization;
using System.Text.RegularExpressions;

namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// libvirt's domaincheckpoint.rng by hand, in libxml2's words. Of a <c>&lt;domain&gt;</c> only what the store reads is looked at
/// (<see cref="DefinitionReader"/>); the rest of it is opaque.
/// </summary>
internal static partial class CheckpointSchema
{
    public const string Source = "domain_checkpoint";

    public const string Failure = "Unable to validate doc against /usr/share/libvirt/schemas/domaincheckpoint.rng\n";

    private const string Root = "domaincheckpoint";

    /// <summary>Null where the document is valid.</summary>
    public static Refusal? Check(XmlNode root)
    {
        if (root.Namespace is not null)
            return Invalid("Expecting no namespace for element domaincheckpoint", root.Position);
        var seen = new HashSet<string>();
        foreach (var child in root.Children)
        {
            if (!child.Is(child.Name) || !Known.TryGetValue(child.Name, out var isValid))
                return Invalid($"Element {Root} has extra content: {child.Name}", child.Position);
            if (!seen.Add(child.Name) || !isValid(child))
                return ExtraElement(child);
        }

        if (root.HasText)
            return Invalid($"Element {Root} has extra content: text", root.Position);
        return root.Attributes.Count > 0
            ? Invalid($"Invalid attribute {root.Attributes[0].Name} for element {Root}", root.Position)
            : null;
    }

    public static Refusal ExtraElement(XmlNode child) =>
        Invalid($"Extra element {child.Name} in interleave\nElement {Root} failed to validate content", child.Position);

    private static Refusal Invalid(string detail, XmlPosition at) => new(Rule.XmlInvalidSchema, $"{Failure}{detail}\n", at);

    private static readonly Dictionary<string, Func<XmlNode, bool>> Known = new()
    {
        ["name"] = node => IsData(node) && MomentName.TryParse(node.Text, out _),
        ["description"] = IsData,
        ["creationTime"] = node => IsData(node) && IsUnsignedLong(node.Text),
        ["disks"] = node => IsBare(node) && node.Children.Count > 0 && node.Children.TrueForAll(IsDisk),
        ["domain"] = _ => true,
        ["parent"] = node => IsBare(node) && node.Children is [var name] && name.Is("name") && IsData(name) && MomentName.TryParse(name.Text, out _),
    };

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
