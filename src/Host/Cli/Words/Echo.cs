using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>echo (cmdEcho): for marks between the answers of a batch.</summary>
internal static class Echo
{
    public static Word Word { get; } = new(
        "echo",
        Group.Shell,
        "echo arguments. Used for internal testing.",
        "Echo back arguments, possibly with quoting. Used for internal testing.",
        [
            new("err", Takes.Nothing, "output to stderr"),
            new("string", Takes.Rest, "arguments to echo"),
        ],
        Run)
    {
        Notes = ["virsh's --shell, --xml and --split are not there."],
        Examples = ["echo -- --- step 2"],
    };

    private static Task<bool> Run(Invocation call)
    {
        var text = string.Join(' ', call.Rest("string"));
        if (call.Has("err")) call.Fail(text);
        else call.Out.Write(text);
        return Task.FromResult(true);
    }
}
