using System.Globalization;
using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>A restore for a host that cannot be reached from here: the XML files, and the virsh commands that redefine them in order.</summary>
internal static class RestoreScript
{
    /// <summary>The script's.</summary>
    public const string Name = "restore.sh";

    /// <param name="checkpoints">Parents first.</param>
    /// <param name="directory">Has to be new, so that nothing is mixed with what was there.</param>
    /// <returns>False, with the error printed, where it cannot be written.</returns>
    public static bool Write(Invocation call, DomainSummary domain, IReadOnlyList<(MomentName Name, string Xml)> checkpoints, string directory)
    {
        var place = call.Locate(directory);
        if (Path.Exists(place)) return call.Fail($"{directory} is there already: name a directory that is not");
        try
        {
            MakeDirectory(place);
            foreach (var ((_, xml), number) in checkpoints.Select((checkpoint, i) => (checkpoint, i + 1))) WriteFile(Path.Combine(place, FileName(number)), xml);
            WriteFile(Path.Combine(place, Name), Text(domain.Id, [.. checkpoints.Select(checkpoint => checkpoint.Name)], call.Has("validate")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return call.Fail($"{directory} cannot be written: {XmlFile.Reason(e)}");
        }

        call.Say($"{checkpoints.Count} checkpoints and {Name} are in {directory}: run 'sh {Name} [URI]' there, on the host\n");
        return true;
    }

    /// <summary>By number: a checkpoint's name may be longer than a file's.</summary>
    public static string FileName(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:D5}.xml");

    /// <param name="checkpoints">Parents first; each is in the file of its number.</param>
    public static string Text(DomainId id, IReadOnlyList<MomentName> checkpoints, bool validate)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#!/bin/sh\n# Puts back {checkpoints.Count} checkpoints of a domain, parents first. Stops at the first that libvirt refuses; those that are there already are passed over.\n");
        text.Append(CultureInfo.InvariantCulture, $"set -eu\ncd \"$(dirname \"$0\")\"\nuri=${{1:-qemu:///system}}\ndomain={Quoted(id.ToString())}\n");
        text.Append("put() { virsh -q -c \"$uri\" checkpoint-info \"$domain\" \"$1\" >/dev/null 2>&1 || virsh -q -c \"$uri\" checkpoint-create \"$domain\" \"$2\" --redefine");
        text.Append(validate ? " --redefine-validate; }\n" : "; }\n");
        foreach (var (name, number) in checkpoints.Select((name, i) => (name, i + 1)))
            text.Append(CultureInfo.InvariantCulture, $"put {Quoted(name.Value)} {FileName(number)}\n");
        return text.ToString();
    }

    /// <summary>A word of a shell's command line, whatever is in it.</summary>
    public static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void WriteFile(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
    }
}
