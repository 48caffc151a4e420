using System.CommandLine;
using System.Reflection;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli;

/// <summary>The command line of the binary.</summary>
public static class CommandLine
{
    /// <summary>Runs a word against a server, or one of the process's own verbs, of which the first is the default.</summary>
    /// <param name="processVerbs">The verbs that need no server, such as serve and migrate.</param>
    /// <returns>The exit code: 0, or 1 for every refusal and fault, as virsh's.</returns>
    public static async Task<int> RunAsync(
        string[] args, IReadOnlyList<Command> processVerbs, TextWriter stdout, TextWriter stderr, TextReader stdin)
    {
        if (args is [Completion.Complete, .. var words]) return await Completion.Answer(words, processVerbs, stdout);
        var before = FrameOptions.Count(args);
        // Options of no one else are the default verb's.
        if (args.Length == 0 || before < 0) return await Process(processVerbs, [processVerbs[0].Name, .. args]);
        if (processVerbs.Any(verb => verb.Name == args[0])) return await Process(processVerbs, args);
        var options = FrameOptions.Command("eventcheckpoints").Parse(args[..before]);
        if (options.Errors is [var first, ..]) return Refuse(stderr, first.Message);
        if (options.GetValue(FrameOptions.Version)) return Print(stdout, VersionLine());
        if (options.GetValue(FrameOptions.Help)) return WholeHelp.Write(stdout, processVerbs);
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

    private static Task<int> Process(IReadOnlyList<Command> verbs, string[] args)
    {
        var root = new RootCommand("EventCheckpoints");
        foreach (var verb in verbs) root.Subcommands.Add(verb);
        // Stopping the embedded PostgreSQL takes as long as its last checkpoint.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
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
