namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>Help as virsh lays it out (vshCmddefHelp), and behind it what is ours.</summary>
public static class HelpText
{
    public static void WriteWords(TextWriter output, WordTable words)
    {
        foreach (var group in words.Words.GroupBy(word => word.Group))
        {
            output.Write($" {Title(group.Key)}:\n");
            foreach (var word in group) output.Write($"    {word.Name,-30} {word.Summary}\n");
            output.Write('\n');
        }
    }

    public static void WriteWord(TextWriter output, Word word)
    {
        output.Write($"  NAME\n    {word.Name} - {word.Summary}\n");
        output.Write($"\n  SYNOPSIS\n    {word.Name}{string.Concat(word.Options.Select(option => $" {Synopsis(word, option)}"))}\n");
        output.Write($"\n  DESCRIPTION\n    {word.Description}\n");
        if (word.Options.Count > 0) output.Write("\n  OPTIONS\n");
        foreach (var option in word.Options) output.Write($"    {Heading(word, option),-15}  {option.Help}\n");
        Section(output, "NOTES", word.Notes);
        Section(output, "EXAMPLES", [.. word.Examples.Select(example => example.Contains("eventcheckpoints ", StringComparison.Ordinal) ? example : $"eventcheckpoints {example}")]);
        output.Write('\n');
    }

    private static void Section(TextWriter output, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        output.Write($"\n  {title}\n");
        foreach (var line in lines) output.Write($"    {line}\n");
    }

    /// <summary>Whether a bare word may stand for an option before the rest, so that the rest may need its name.</summary>
    private static bool HasPlaces(Word word) => word.Options.Any(option => option is { Takes: Takes.Text or Takes.Required, NamedOnly: false });

    private static string Synopsis(Word word, WordOption option) => option.Takes switch
    {
        Takes.Nothing => $"[--{option.Name}]",
        Takes.Text => $"[--{option.Name} <string>]",
        Takes.Required => $"<{option.Name}>",
        Takes.Rest => HasPlaces(word) ? $"[[--{option.Name}] <string>]..." : $"[<{option.Name}>]...",
        _ => HasPlaces(word) ? $"{{[--{option.Name}] <string>}}..." : $"<{option.Name}>...",
    };

    private static string Heading(Word word, WordOption option) => option.Takes switch
    {
        Takes.Nothing => $"--{option.Name}",
        Takes.Text => $"--{option.Name} <string>",
        Takes.Required => $"[--{option.Name}] <string>",
        _ => HasPlaces(word) ? $"[--{option.Name}] <string>" : $"<{option.Name}>",
    };

    private static string Title(Group group) => group switch
    {
        Group.Checkpoints => "Checkpoints",
        Group.Domains => "Domains",
        Group.Hosts => "Hosts",
        Group.Audit => "Audit",
        Group.Events => "Events",
        _ => "Shell",
    };
}
