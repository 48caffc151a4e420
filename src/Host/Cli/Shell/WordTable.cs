namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>The table of commands.</summary>
public sealed class WordTable(IReadOnlyList<Word> words)
{
    /// <summary>The word that tells about the others.</summary>
    public const string Help = "help";

    private readonly Dictionary<string, Word> _byName = words.ToDictionary(word => word.Name, StringComparer.Ordinal);

    public IReadOnlyList<Word> Words => words;

    public Word? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether the name is the first part of a word of two.</summary>
    public bool HasLonger(string name) => words.Any(word => word.Name.StartsWith(name + " ", StringComparison.Ordinal));

    /// <summary>What <c>WORD --help</c> stands for.</summary>
    public ParsedCommand HelpOn(Word word) => new(_byName[Help], [(_byName[Help].Options[0], word.Name)]);
}
