namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>Runs commands one after the other (vshCommandRun).</summary>
public static class Runner
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary>
    /// Runs one command and prints the empty line that virsh prints after each, failed ones too, unless quiet.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(ParsedCommand command, Session session, TextWriter output, TextWriter error)
    {
        var invocation = new Invocation(command, session, output, error);
        var done = await command.Word.Run(invocation);
        if (!session.Quiet && !invocation.IsDocument) output.Write('\n');
        return done ? invocation.Success : command.Word.Trouble;
    }

    /// <summary>As virsh does with its arguments: where any command cannot be read, none is run; else all are, whatever fails.</summary>
    /// <returns>The last command's exit code.</returns>
    public static async Task<int> RunAll(ITokens tokens, Session session, TextWriter output, TextWriter error)
    {
        var parser = new CommandParser(tokens, session.Words);
        var commands = new List<ParsedCommand>();
        ParsedLine line;
        do
        {
            line = parser.Next();
            if (line.Errors.Count > 0) return Refuse(line, error);
            if (line.Command is { } command) commands.Add(command);
        }
        while (!line.AtEnd);

        var code = Success;
        foreach (var command in commands) code = await Run(command, session, output, error);
        return code;
    }

    /// <summary>Prints what could not be read.</summary>
    public static int Refuse(ParsedLine line, TextWriter error)
    {
        foreach (var sentence in line.Errors) error.Write($"error: {sentence}\n");
        return line.Trouble;
    }
}
