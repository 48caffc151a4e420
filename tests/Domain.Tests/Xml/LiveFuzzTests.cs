using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

/// <summary>The same documents to real virsh and to the reader: accepted and refused alike, in the same first line, and written alike.</summary>
public sealed partial class LiveFuzzTests
{
    /// <summary>Documents a test; more with EVENTCHECKPOINTS_FUZZ.</summary>
    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 1500;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    [Fact]
    public void Random_documents_are_redefined_as_virsh_redefines_them() => Compare(redefine: true);

    [Fact]
    public void Random_documents_are_created_as_virsh_creates_them() => Compare(redefine: false);

    private static void Compare(bool redefine)
    {
        Virsh.Need();
        var directory = Directory.CreateTempSubdirectory("xml-fuzz");
        var live = Multi();
        var documents = new Documents(Seed + (redefine ? 0 : 100_000), live.Xml);
        var given = Enumerable.Range(0, Runs).Select(_ => documents.Bytes()).Where(bytes => !KnownDifference().IsMatch(Encoding.Latin1.GetString(bytes))).ToArray();
        var ours = given.Select(bytes => redefine ? Redefined(bytes, live) : Created(bytes, live)).ToArray();
        var groups = given.Select((bytes, i) =>
        {
            var file = Path.Combine(directory.FullName, i.ToString(CultureInfo.InvariantCulture));
            File.WriteAllBytes(file, bytes);
            var name = ours[i].Name;
            return $"checkpoint-create multi {file}{(redefine ? " --redefine" : "")}"
                + (name is null ? "" : $"; checkpoint-dumpxml multi {name} --no-domain; checkpoint-delete multi {name}");
        }).ToArray();
        var theirs = Virsh.Run(Virsh.Node, groups);
        directory.Delete(recursive: true);
        var differences = given.Index()
            .Where(item => !Same(ours[item.Index], theirs[item.Index], redefine))
            .Select(item => $"{Show(item.Item)}\n  ours:   {ours[item.Index].Answer}\n  theirs: {theirs[item.Index]}")
            .ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {Runs}:\n" + string.Join('\n', differences.Take(40)));
    }

    private static bool Same((string? Name, string Answer) ours, string theirs, bool redefine)
    {
        if (PlatformsWords().IsMatch(ours.Answer))
            return true;
        if (ours.Name is null && ours.Answer.StartsWith("error:", StringComparison.Ordinal))
            return FirstLine(ours.Answer) == FirstLine(theirs);
        if (ours.Name is null) // without a name the second is the name, and the next one in it is taken
            return theirs.Length == 0 || theirs.Contains("already exists", StringComparison.Ordinal);
        return ours.Answer == (redefine ? theirs : Parent().Replace(Time().Replace(theirs, ""), ""));
    }

    private static (string? Name, string Answer) Redefined(byte[] bytes, Definition live) =>
        Answer(XmlText.Decode(bytes).Then(CheckpointReader.ReadRedefine).Then<Checkpoint>(xml =>
        {
            if (xml.Parent == xml.Name)
                return new Refusal(Rule.ParentIsItself, $"cannot set moment {xml.Name} as its own parent");
            if (xml.Parent is { } parent)
                return new Refusal(Rule.ParentNotFound, $"parent {parent} for moment {xml.Name} not found");
            if (xml.Definition is not { } definition)
                return new Checkpoint(xml.Name, xml.Description, null, xml.CreationTime, DiskAlignment.AsListed(xml.Disks, xml.Name), null);
            if (definition.Id != live.Id)
                return new Refusal(Rule.DefinitionUuidDiffers, $"definition for checkpoint {xml.Name} must use uuid {live.Id}");
            return DiskAlignment.Align(xml.Disks, definition.Disks, xml.Name)
                .Then<Checkpoint>(disks => new Checkpoint(xml.Name, xml.Description, null, xml.CreationTime, disks, null));
        }));

    private static (string? Name, string Answer) Created(byte[] bytes, Definition live)
    {
        var nameless = MomentName.Trusted("nameless");
        var (name, answer) = Answer(XmlText.Decode(bytes).Then(CheckpointReader.ReadCreate).Then(xml =>
            DiskAlignment.Align(xml.Disks, live.Disks, xml.Name ?? nameless).Then<Checkpoint>(aligned =>
                new Checkpoint(xml.Name ?? nameless, xml.Description, null, default, aligned, null))));
        return (name == nameless.Value ? null : name, answer);
    }

    private static (string? Name, string Answer) Answer(Result<Checkpoint> made)
    {
        if (made.Refusal is { } refusal)
            return (null, $"error: {refusal.Message}\n");
        var text = new StringWriter();
        CheckpointWriter.Write(text, made.Value, null);
        // libvirt writes these raw, so that reading its own text again changes them (docs/decisions/0002)
        var written = text.ToString().Replace("&#9;", "\t", StringComparison.Ordinal).Replace("&#10;", "\n", StringComparison.Ordinal).Replace("&#13;", "\r", StringComparison.Ordinal);
        return (made.Value.Name.Value, written);
    }

    private static Definition Multi()
    {
        var node = File.ReadAllText(Virsh.Node["test://".Length..]);
        var start = node.IndexOf("<domain ", StringComparison.Ordinal);
        return DefinitionReader.Read(node[start..(node.IndexOf("</domain>", start, StringComparison.Ordinal) + "</domain>".Length)]).Value;
    }

    private static string FirstLine(string text) => text.Split('\n') is [var first, var second, ..] && first.EndsWith("schema: Unable to validate doc against /usr/share/libvirt/schemas/domaincheckpoint.rng", StringComparison.Ordinal) ? first + second : text.Split('\n')[0];

    private static string Show(byte[] bytes) => string.Concat(Encoding.Latin1.GetString(bytes).Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : c.ToString()));

    /// <summary>
    /// A DOCTYPE without a blank, which only libxml2 takes; and blanks around a disk's mode, which the schema lets pass and libvirt then writes as
    /// checkpoint='(null)'.
    /// </summary>
    [GeneratedRegex("<!DOCTYPE[^ \n\r\t]|checkpoint=[\"'](\\s+(no|bitmap)\\s*|(no|bitmap)\\s+)[\"']")]
    private static partial Regex KnownDifference();

    /// <summary>Names that only XML 1.0's fifth edition has: libxml2 takes them and the platform, which decides, does not.</summary>
    [GeneratedRegex("unexpected token|cannot begin with the|cannot be included in a name|Expecting external ID")]
    private static partial Regex PlatformsWords();

    [GeneratedRegex("  <parent>\n.*\n  </parent>\n")]
    private static partial Regex Parent();

    [GeneratedRegex("  <creationTime>.*</creationTime>\n")]
    private static partial Regex Time();
}
