using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;

namespace EventCheckpoints.Host.Cli;

/// <summary>batch: many commands, each run whatever became of the others.</summary>
public static class Batch
{
    internal const string Name = "batch";

    private static readonly Argument<string> File = new("FILE") { Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "-" };
    private static readonly System.CommandLine.Option<bool> Json = new("--json");
    private static readonly System.CommandLine.Option<bool> Help = new("--help", "-h");
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string HelpLines =
        """
          NAME
            batch - run many commands, one after the other

          SYNOPSIS
            batch [FILE|-] [--json]

          DESCRIPTION
            Runs virsh-style command lines from a file or standard input, one a line or several with ';' between them, '#' before a comment.
            Each is run whatever became of those before it; one that cannot be read fails alone. The exit code is the last one's.
            Quotes and backslashes are virsh's, and end with the line. Files in commands are relative to the working directory.

          OPTIONS
            --json           one line for each command: {"cmd":…,"stdout":…,"stderr":…,"rc":…}

          EXAMPLES
            eventcheckpoints batch nightly.txt
            echo 'checkpoint-create-as vm1 monday; checkpoint-list vm1 --tree' | eventcheckpoints batch --json


        """;

    /// <summary>A command with its outcome, as --json prints it.</summary>
    public sealed record Outcome(string Cmd, string Stdout, string Stderr, int Rc);

    internal static async Task<int> Run(string[] arguments, Session session, TextWriter output, TextWriter error, TextReader input)
    {
        var parsed = new Command(Name) { File, Json, Help }.Parse(arguments);
        if (parsed.Errors is [var first, ..]) return CommandLine.Refuse(error, first.Message);
        if (parsed.GetValue(Help))
        {
            output.Write(HelpLines);
            return Runner.Success;
        }

        var path = parsed.GetValue(File)!;
        try
        {
            using var file = path == "-" ? null : new StreamReader(path);
            return parsed.GetValue(Json) || session.Json
                ? await RunLines(file ?? input, session, step => output.WriteLineAsync(JsonSerializer.Serialize(step, Readable)))
                : await RunLines(file ?? input, session, output, error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CommandLine.Refuse(error, $"Failed to open file '{path}': {XmlFile.Reason(e)}");
        }
    }

    /// <summary>Runs the lines, and gives each command's outcome as soon as it is there.</summary>
    /// <returns>The last command's exit code; 0 where there was none.</returns>
    public static Task<int> RunLines(TextReader lines, Session session, Func<Outcome, Task> done) => ForEach(lines, session.Words, async (text, line) =>
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        // A step's own answers are in virsh's form: only the batch is JSON.
        var code = await RunOne(line, session with { Json = false }, output, error);
        await done(new Outcome(text, output.ToString(), error.ToString(), code));
        return code;
    });

    private static Task<int> RunLines(TextReader lines, Session session, TextWriter output, TextWriter error) => ForEach(lines, session.Words, async (_, line) =>
    {
        var code = await RunOne(line, session, output, error);
        await output.FlushAsync();
        await error.FlushAsync();
        return code;
    });

    private static async Task<int> RunOne(ParsedLine line, Session session, TextWriter output, TextWriter error) =>
        line.Command is { } command ? await Runner.Run(command, session, output, error) : Runner.Refuse(line, error);

    private static async Task<int> ForEach(TextReader lines, WordTable words, Func<string, ParsedLine, Task<int>> run)
    {
        var code = Runner.Success;
        while (await lines.ReadLineAsync() is { } text)
        {
            var tokens = new TextTokens(text);
            var parser = new CommandParser(tokens, words);
            ParsedLine line;
            do
            {
                var start = tokens.Position;
                line = parser.Next();
                if (line.Command is not null || line.Errors.Count > 0) code = await run(text[start..tokens.CommandEnd].Trim(), line);
            }
            while (!line.AtEnd);
        }

        return code;
    }
}
