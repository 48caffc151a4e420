using System.Globalization;
using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>A restore for a host that cannot be reached from here: the XML files, and the virsh commands that redefine them in order.</summary>
internal static class RestoreScript
{
    private const string Script = "restore.sh";

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
            WriteFile(Path.Combine(place, Script), Text(call, domain, checkpoints));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return call.Fail($"{directory} cannot be written: {XmlFile.Reason(e)}");
        }

        call.Say($"{checkpoints.Count} checkpoints and {Script} are in {directory}: run 'sh {Script} [URI]' there, on the host\n");
        return true;
    }

    /// <summary>By number: a checkpoint's name may be longer than a file's.</summary>
    private static string FileName(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:D5}.xml");

    private static string Text(Invocation call, DomainSummary domain, IReadOnlyList<(MomentName Name, string Xml)> checkpoints)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#!/bin/sh\n# Puts back {checkpoints.Count} checkpoints of a domain, parents first. Stops at the first that libvirt refuses; those that are there already are passed over.\n");
        text.Append(CultureInfo.InvariantCulture, $"set -eu\ncd \"$(dirname \"$0\")\"\nuri=${{1:-qemu:///system}}\ndomain={Quoted(domain.Id.ToString())}\n");
        text.Append("put() { virsh -q -c \"$uri\" checkpoint-info \"$domain\" \"$1\" >/dev/null 2>&1 || virsh -q -c \"$uri\" checkpoint-create \"$domain\" \"$2\" --redefine");
        text.Append(call.Has("validate") ? " --redefine-validate; }\n" : "; }\n");
        foreach (var ((name, _), number) in checkpoints.Select((checkpoint, i) => (checkpoint, i + 1)))
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
