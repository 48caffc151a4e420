using System.CommandLine;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;

namespace EventCheckpoints.Host.Cli;

/// <summary>Makes a session out of the options before the word and the environment.</summary>
internal static class Frame
{
    private const string DefaultServer = "http://127.0.0.1:7878/";

    /// <returns>Null, with the error printed, where server or token cannot be told.</returns>
    public static Session? Open(ParseResult options, TextWriter error)
    {
        var server = options.GetValue(FrameOptions.Connect) ?? FromEnvironment(error);
        if (server is null) return null;
        if (!Token(options.GetValue(FrameOptions.TokenFile), error, out var token)) return null;
        var version = options.GetValue(FrameOptions.IfVersion);
        return new Session(
            new Api(server, token),
            AllWords.Table,
            options.GetValue(FrameOptions.Quiet),
            options.GetValue(FrameOptions.Json),
            new Change(options.GetValue(FrameOptions.Reason), version?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static Uri? FromEnvironment(TextWriter error) =>
        Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_URL") is { Length: > 0 } url
            ? FrameOptions.Address(url, fault => error.Write($"error: EVENTCHECKPOINTS_URL: {fault}\n"))
            : new Uri(DefaultServer);

    private static bool Token(string? file, TextWriter error, out string? token)
    {
        token = Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_TOKEN") is { Length: > 0 } given ? given : null;
        if (file is null) return true;
        try
        {
            token = File.ReadAllText(file).Trim();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.Write($"error: Failed to open file '{file}': {XmlFile.Reason(e)}\n");
            return false;
        }
    }
}
