namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>A word with what was given to it, in the order given.</summary>
public sealed record ParsedCommand(Word Word, IReadOnlyList<(WordOption Option, string Value)> Given);

/// <summary>One command read.</summary>
/// <param name="Command">Null for an empty command, a comment or an error.</param>
/// <param name="Errors">Sentences as virsh prints them behind "error: "; empty where all is well.</param>
/// <param name="AtEnd">Nothing follows.</param>
/// <param name="Trouble">The exit code of the errors.</param>
public sealed record ParsedLine(ParsedCommand? Command, IReadOnlyList<string> Errors, bool AtEnd, int Trouble = Runner.Failure);

/// <summary>Reads commands as virsh does (tools/vsh.c, vshCommandParse), in its order of checks and with its sentences.</summary>
public sealed class CommandParser(ITokens tokens, WordTable words)
{
    /// <summary>The next command. Behind an error the rest of that command is passed over.</summary>
    public ParsedLine Next()
    {
        var first = tokens.Read();
        if (first.Kind == TokenKind.Error) return Refuse(first.Text, first);
        if (first.Kind != TokenKind.Argument) return new ParsedLine(null, [], first.Kind == TokenKind.End);
        // A '#' in quotes is the word of a comment too.
        if (first.Text.StartsWith('#')) return new ParsedLine(null, [], PassOver(first));
        if (words.Find(first.Text) is not { } word) return Refuse($"unknown command: '{first.Text}'", first);
        // A word of two parts, such as "audit verify", goes before one of the first part alone.
        Token? ahead = words.HasLonger(first.Text) ? tokens.Read() : null;
        if (ahead is { Kind: TokenKind.Argument, Text: var second } && words.Find($"{first.Text} {second}") is { } longer) (word, ahead) = (longer, null);
        var command = new CommandReading(word);
        while (true)
        {
            var token = ahead ?? tokens.Read();
            ahead = null;
            if (token.Kind == TokenKind.Error) return Refuse(token.Text, token, word);
            if (token.Kind != TokenKind.Argument) return Finish(command, token);
            if (command.Take(token.Text) is { } error) return Refuse(error, token, word);
            if (command.Wants is not { } option) continue;
            token = tokens.Read();
            if (token.Kind == TokenKind.Error) return Refuse(token.Text, token, word);
            if (token.Kind != TokenKind.Argument) return Refuse($"expected syntax: --{option.Name} <string>", token, word);
            command.TakeValue(token.Text);
        }
    }

    private ParsedLine Finish(CommandReading command, Token last)
    {
        var atEnd = last.Kind == TokenKind.End;
        if (command.AsksForHelp) return new ParsedLine(words.HelpOn(command.Word), [], atEnd);
        var missing = command.Missing().ToArray();
        return missing.Length > 0 ? new ParsedLine(null, missing, atEnd, command.Word.Trouble) : new ParsedLine(command.Done(), [], atEnd);
    }

    private ParsedLine Refuse(string error, Token last, Word? word = null) => new(null, [error], PassOver(last), word?.Trouble ?? Runner.Failure);

    /// <returns>Whether nothing follows.</returns>
    private bool PassOver(Token token)
    {
        while (token.Kind == TokenKind.Argument) token = tokens.Read();
        return token.Kind != TokenKind.EndOfCommand;
    }
}
