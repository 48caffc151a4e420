using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>help: the words, or one of them (cmdHelp).</summary>
internal static class HelpWord
{
    public static Word Word { get; } = new(
        WordTable.Help,
        Group.Shell,
        "print help",
        "Prints global help or command specific help.",
        [new("command", Takes.Text, "Prints global help or command specific help.")],
        Run);

    private static Task<bool> Run(Invocation call)
    {
        if (call.Given("command") is not { } name)
        {
            HelpText.WriteWords(call.Out, call.Session.Words);
            return Task.FromResult(true);
        }

        if (call.Session.Words.Find(name) is not { } word) return Task.FromResult(call.Fail($"command or command group '{name}' doesn't exist"));
        HelpText.WriteWord(call.Out, word);
        return Task.FromResult(true);
    }
}
