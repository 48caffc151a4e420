using System.Text.RegularExpressions;

namespace EventCheckpoints.Domain.Xml;

/// <summary>domain.rng for what the store reads of a <c>&lt;domain&gt;</c>: one name, at most one UUID, a target for every disk.</summary>
internal static partial class DefinitionSchema
{
    public static bool Passes(XmlNode domain) =>
        domain.All("name").ToList() is [{ Text.Length: > 0, Children.Count: 0 } name] && !name.Text.Contains('\n', StringComparison.Ordinal)
        && domain.All("uuid").ToList() is [] or [{ Children.Count: 0 }]
        && (domain.First("uuid") is not { } uuid || Uuid().IsMatch(uuid.Text))
        && DefinitionReader.DiskNodes(domain).All(disk => disk.All("target").ToList() is [var target] && target.Attribute("dev") is { } dev && CheckpointSchema.IsTarget(dev));

    [GeneratedRegex(@"\A([a-fA-F0-9]{32}|[a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12})\z")]
    private static partial Regex Uuid();
}
