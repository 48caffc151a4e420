using System.CommandLine;

namespace EventCheckpoints.Host.Cli;

/// <summary>The options before the word, which hold for whatever follows. Behind the word virsh's own rules begin.</summary>
internal static class FrameOptions
{
    public static Option<Uri?> Connect { get; } = new("--connect", "-c")
    {
        Description = "the server; else EVENTCHECKPOINTS_URL, else http://127.0.0.1:7878",
        HelpName = "URL",
        CustomParser = result => Address(result.Tokens[0].Value, result.AddError),
    };

    public static Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "a file that holds the bearer token; else EVENTCHECKPOINTS_TOKEN",
        HelpName = "FILE",
    };

    public static Option<string?> Reason { get; } = new("--reason")
    {
        Description = "why, for the audit log; goes with every change",
        HelpName = "TEXT",
    };

    public static Option<long?> IfVersion { get; } = new("--if-version")
    {
        Description = "change nothing unless the domain is at this version",
        HelpName = "N",
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "read words print the API's JSON" };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "no messages of success, no table headers, no empty lines" };

    public static Option<bool> Help { get; } = new("--help", "-h") { Description = "this text; behind a word, that word's" };

    public static Option<bool> Version { get; } = new("--version", "-v") { Description = "the version" };

    public static IReadOnlyList<Option> All { get; } = [Connect, TokenFile, Reason, IfVersion, Json, Quiet, Help, Version];

    /// <summary>A command that knows these options only.</summary>
    public static Command Command(string name)
    {
        var command = new Command(name);
        foreach (var option in All) command.Options.Add(option);
        return command;
    }

    /// <returns>How many arguments stand before the word; -1 where one of them is no option of the frame.</returns>
    public static int Count(IReadOnlyList<string> arguments)
    {
        var at = 0;
        while (at < arguments.Count && arguments[at].StartsWith('-'))
        {
            var equals = arguments[at].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arguments[at] : arguments[at][..equals];
            if (All.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name)) is not { } option) return -1;
            at += equals < 0 && option.Arity.MinimumNumberOfValues > 0 ? 2 : 1;
        }

        return Math.Min(at, arguments.Count);
    }

    /// <summary>A server's address; null, with the fault told, for anything but http and https.</summary>
    public static Uri? Address(string text, Action<string> fault)
    {
        // The API's paths are relative to it.
        if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        fault($"'{text}' is no address of a server, such as http://127.0.0.1:7878");
        return null;
    }
}
