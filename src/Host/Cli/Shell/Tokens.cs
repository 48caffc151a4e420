using System.Text;

namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>A piece of a command line.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">An argument without its quotes, or the error's sentence.</param>
public readonly record struct Token(TokenKind Kind, string Text = "");

public enum TokenKind
{
    Argument,
    EndOfCommand,
    End,
    Error,
}

/// <summary>Where the pieces of command lines come from: a text, or arguments that a shell has split already.</summary>
public interface ITokens
{
    Token Read();
}

/// <summary>Arguments of the process: one command, nothing to unquote (vshCommandArgvGetArg).</summary>
public sealed class ArgumentTokens(IReadOnlyList<string> arguments) : ITokens
{
    private int _at;

    public Token Read() => _at < arguments.Count ? new Token(TokenKind.Argument, arguments[_at++]) : new Token(TokenKind.End);
}

/// <summary>
/// virsh's own quoting (vshCommandStringGetArg): blanks part arguments, ';' and newline part commands, '#' at the start of an argument begins a
/// comment, a backslash takes the next character as it is but for single quotes, and may hide the end of a line. A single quote may stay open.
/// </summary>
public sealed class TextTokens(string text) : ITokens
{
    /// <summary>Behind the last piece read.</summary>
    public int Position { get; private set; }

    /// <summary>Where the text of the command before the last end of command stops.</summary>
    public int CommandEnd { get; private set; }

    public Token Read()
    {
        var at = Position;
        while (Is(at, ' ') || Is(at, '\t') || (Is(at, '\\') && Is(at + 1, '\n'))) at += Is(at, '\\') ? 2 : 1;
        CommandEnd = at;
        if (at == text.Length) return End(at, TokenKind.End);
        if (text[at] is ';' or '\n') return End(at + 1, TokenKind.EndOfCommand);
        if (text[at] == '#')
        {
            var newline = text.IndexOf('\n', at);
            return End(newline < 0 ? text.Length : newline + 1, TokenKind.EndOfCommand);
        }

        return Argument(at);
    }

    private Token Argument(int at)
    {
        var argument = new StringBuilder();
        var (single, @double) = (false, false);
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (!single && !@double && c is ' ' or '\t' or ';' or '\n') break;
            if (!@double && c == '\'')
            {
                single = !single;
                continue;
            }

            if (!single && c == '"')
            {
                @double = !@double;
                continue;
            }

            if (!single && c == '\\')
            {
                if (++at == text.Length) return Error(at, "dangling \\");
                if (text[at] == '\n') continue;
            }

            argument.Append(text[at]);
        }

        if (@double) return Error(at, "missing \"");
        Position = at;
        return new Token(TokenKind.Argument, argument.ToString());
    }

    private bool Is(int at, char c) => at < text.Length && text[at] == c;

    private Token End(int position, TokenKind kind)
    {
        Position = position;
        return new Token(kind);
    }

    private Token Error(int position, string sentence)
    {
        CommandEnd = Position = position;
        return new Token(TokenKind.Error, sentence);
    }
}
