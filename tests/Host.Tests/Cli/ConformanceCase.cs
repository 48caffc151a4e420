using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using EventCheckpoints.Host.Cli;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>A recorded case: a script, its files, and what virsh answered to each step (../shared/conformance beside the repository).</summary>
internal sealed partial record ConformanceCase(string Folder, string Command, IReadOnlyList<Batch.Outcome> Steps)
{
    public static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../shared/conformance"));

    /// <summary>What differs on purpose: words we do not have, domain state, and what ours does not lose (docs/decisions).</summary>
    public static IReadOnlyDictionary<string, string> Exceptions { get; } = new Dictionary<string, string>
    {
        ["015"] = "snapshots",
        ["029"] = "newlines and tabs of a bitmap's name are kept",
        ["107"] = "setmem: domain state",
        ["111"] = "a rename in the editor destroys nothing",
        ["113"] = "connect: virsh's own connections",
    };

    public string Number => Path.GetFileName(Folder)[..3];

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(ZoneName().Match(Command).Groups[1].Value);

    public string? Editor => EditorCommand().Match(Command) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Cases that were fed on standard input have no steps: prompts and answers are in one stream.</summary>
    public static IEnumerable<ConformanceCase> All() => !Directory.Exists(Root()) ? [] :
        Directory.GetDirectories(Root()).Where(folder => File.Exists(Path.Combine(folder, "steps.json"))).Order(StringComparer.Ordinal).Select(Read);

    public static ConformanceCase Read(string folder) => new(
        folder,
        File.ReadAllText(Path.Combine(folder, "cmd")),
        JsonSerializer.Deserialize<Batch.Outcome[]>(File.ReadAllText(Path.Combine(folder, "steps.json")), JsonSerializerOptions.Web)!);

    /// <summary>The running domains of the case's virsh: test:///default's one, or a node's.</summary>
    public IEnumerable<string> Domains() => Command.Contains("test:///default", StringComparison.Ordinal)
        ? [XDocument.Load(Path.Combine(Root(), "common/checkpoint-c3.xml")).Descendants("domain").Single().ToString()]
        : Node(Path.Combine(Root(), "common/node.xml"));

    /// <summary>The domains of a node that run; what is shut off, a registry cannot tell from the others.</summary>
    public static IEnumerable<string> Node(string path)
    {
        var node = new XmlDocument { PreserveWhitespace = true };
        node.Load(path);
        return [.. node.SelectNodes("/node/domain[not(*[local-name()='runstate']=5)]")!.Cast<XmlElement>().Select(domain => domain.OuterXml)];
    }

    [GeneratedRegex(@"TZ=(\S+)")]
    private static partial Regex ZoneName();

    [GeneratedRegex("EDITOR='([^']*)'")]
    private static partial Regex EditorCommand();
}
