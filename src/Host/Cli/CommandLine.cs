using System.Reflection;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli;

/// <summary>The command line of the binary.</summary>
public static class CommandLine
{
    private const string Serve = "serve";
    private const string Migrate = "migrate";

    /// <summary>
    /// Runs a word against a server, or hands over to one of the process's own verbs: <paramref name="serve"/> gets what stands behind "serve",
    /// or everything where there is no word, since serving is the default; <paramref name="migrate"/> what stands behind "migrate".
    /// </summary>
    /// <returns>The exit code: 0, or 1 for every refusal and fault, as virsh's.</returns>
    public static async Task<int> RunAsync(
        string[] args, Func<string[], Task<int>> serve, Func<string[], Task<int>> migrate, TextWriter stdout, TextWriter stderr, TextReader stdin)
    {
        switch (args)
        {
            case []: return await serve(args);
            case [Serve, .. var rest]: return await serve(rest);
            case [Migrate, .. var rest]: return await migrate(rest);
            case [Completion.Complete, .. var rest]: return await Completion.Answer(rest, stdout);
        }

        var before = FrameOptions.Count(args);
        if (before < 0) return await serve(args);
        var options = FrameOptions.Command("eventcheckpoints").Parse(args[..before]);
        if (options.Errors is [var first, ..]) return Refuse(stderr, first.Message);
        if (options.GetValue(FrameOptions.Version)) return Print(stdout, VersionLine());
        if (options.GetValue(FrameOptions.Help)) return WholeHelp.Write(stdout);
        var session = Frame.Open(options, stderr);
        if (session is null) return Runner.Failure;
        using var api = session.Api;
        return args[before..] switch
        {
            [] => Refuse(stderr, "no word is given; 'eventcheckpoints --help' lists them"),
            [Batch.Name, .. var rest] => await Batch.Run(rest, session, stdout, stderr, stdin),
            [Completion.Name, .. var rest] => Completion.WriteScript(rest, stdout, stderr),
            // As virsh: one argument may hold several commands with quotes and semicolons.
            [var text] => await Runner.RunAll(new TextTokens(text), session, stdout, stderr),
            var word => await Runner.RunAll(new ArgumentTokens(word), session, stdout, stderr),
        };
    }

    internal static int Refuse(TextWriter error, string sentence)
    {
        error.Write($"error: {sentence}\n");
        return Runner.Failure;
    }

    private static int Print(TextWriter output, string line)
    {
        output.Write(line + "\n");
        return Runner.Success;
    }

    private static string VersionLine() =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
