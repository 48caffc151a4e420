using System.CommandLine;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;

namespace EventCheckpoints.Host.Cli;

/// <summary>--help for the whole.</summary>
internal static class WholeHelp
{
    private const string Start =
        """
        eventcheckpoints: the registry of libvirt domain checkpoints. Every change is kept, with who made it and why.

          eventcheckpoints [serve] [--urls URL] [--data DIR | --connection CONNECTION]    run the server
          eventcheckpoints [options] WORD [arguments]                                     ask a server, in virsh's words
          eventcheckpoints [options] batch [FILE|-] [--json]                              many words, one a line
          eventcheckpoints completion bash                                                completion for a shell

        A first round, with the server running in another terminal:
          eventcheckpoints define vm1.xml                        a domain's XML, as virsh dumpxml prints it
          eventcheckpoints checkpoint-create-as vm1 monday       its parent is the current checkpoint
          eventcheckpoints checkpoint-list vm1 --tree
          eventcheckpoints dumpxml vm1 --checkpoints > all.xml   everything, in one file
          eventcheckpoints redefine-list vm1 all.xml --dry-run   what bringing it back would do

        Words, options, answers and exit codes are virsh's wherever virsh has the word. 'WORD --help' tells about one, and where it differs.


        """;

    private const string End =
        """
        Options before the word:

        """;

    public static int Write(TextWriter output, IReadOnlyList<Command> processVerbs)
    {
        output.Write(Start);
        HelpText.WriteWords(output, AllWords.Table);
        output.Write(" Process:\n");
        foreach (var verb in processVerbs) output.Write($"    {verb.Name,-30} {verb.Description}\n");
        output.Write('\n');
        output.Write(End);
        foreach (var option in FrameOptions.All)
        {
            var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length));
            output.Write($"    {$"{names} {option.HelpName}".TrimEnd(),-30} {option.Description}\n");
        }

        return Runner.Success;
    }
}
