using System.CommandLine;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli;

/// <summary>Completion for bash: the script asks the binary, and the binary asks the server for names.</summary>
internal static class Completion
{
    public const string Name = "completion";

    /// <summary>The verb that the script calls: complete CURSOR WORDS…, the words from the program's name on.</summary>
    public const string Complete = "complete";

    private const string Script =
        """
        # Completion of eventcheckpoints for bash. In ~/.bashrc: source <(eventcheckpoints completion bash)
        _eventcheckpoints() {
            mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null)
        }
        complete -o default -F _eventcheckpoints eventcheckpoints

        """;

    public static int WriteScript(string[] arguments, TextWriter output, TextWriter error)
    {
        if (arguments is not ["bash"]) return CommandLine.Refuse(error, "completion is there for bash: eventcheckpoints completion bash");
        output.Write(Script);
        return Runner.Success;
    }

    /// <summary>One candidate a line; none where a file's name is to be completed, which bash does itself.</summary>
    public static async Task<int> Answer(string[] arguments, IReadOnlyList<Command> processVerbs, TextWriter output)
    {
        if (arguments.Length < 2 || !int.TryParse(arguments[0], out var cursor) || cursor < 1) return Runner.Failure;
        var typed = arguments.Skip(2).Take(cursor - 1).ToArray();
        var current = arguments.Length > cursor + 1 ? arguments[cursor + 1] : "";
        foreach (var candidate in await Candidates(typed, current, processVerbs))
        {
            if (candidate.StartsWith(current, StringComparison.Ordinal)) output.Write(candidate + "\n");
        }

        return Runner.Success;
    }

    private static async Task<IEnumerable<string>> Candidates(string[] typed, string current, IReadOnlyList<Command> processVerbs)
    {
        var before = FrameOptions.Count(typed);
        if (before < 0) return [];
        if (before == typed.Length)
        {
            return current.StartsWith('-')
                ? FrameOptions.All.Select(option => option.Name)
                : AllWords.Table.Words.Select(word => word.Name).Concat(processVerbs.Select(verb => verb.Name)).Append(Batch.Name).Append(Name);
        }

        if (AllWords.Table.Find(typed[before]) is not { } found) return typed[before] == Name ? ["bash"] : [];
        var reading = new CommandReading(found);
        foreach (var argument in typed[(before + 1)..])
        {
            if (reading.Wants is not null) reading.TakeValue(argument);
            else if (reading.Take(argument) is not null) return [];
        }

        if (reading.Wants is null && current.StartsWith('-')) return reading.Unused().Select(option => $"--{option.Name}").Append("--help");
        var options = FrameOptions.Command("eventcheckpoints").Parse(typed[..before]);
        if (options.Errors.Count > 0 || Frame.Open(options, TextWriter.Null) is not { } session) return [];
        using var api = session.Api;
        return (reading.Wants ?? reading.NextPlace)?.Names switch
        {
            Names.Domain => await Domains(api),
            Names.Checkpoint => await Checkpoints(api, reading.Done()),
            _ => [],
        };
    }

    private static async Task<IEnumerable<string>> Domains(Api api) =>
        (await api.GetAll<DomainSummary>("v1/domains")).Value?.Select(domain => domain.Name.Value) ?? [];

    private static async Task<IEnumerable<string>> Checkpoints(Api api, ParsedCommand command)
    {
        var domain = command.Given.FirstOrDefault(given => given.Option.Names == Names.Domain).Value;
        if (!DomainName.TryParse(domain, out _)) return [];
        return (await api.GetAll<CheckpointItem>($"v1/domains/{Uri.EscapeDataString(domain)}/checkpoints")).Value?.Select(item => item.Name.Value) ?? [];
    }
}
