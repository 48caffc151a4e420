namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>A command while its arguments come in: what was given, and which options bare words still fill.</summary>
internal sealed class CommandReading(Word word)
{
    private readonly List<(WordOption Option, string Value)> _given = [];
    private readonly HashSet<WordOption> _seen = [];
    private readonly List<WordOption> _toFill = [.. word.Options.Where(option => option is { Takes: not Takes.Nothing, NamedOnly: false })];
    private bool _onlyData;

    public Word Word => word;

    public bool AsksForHelp { get; private set; }

    /// <summary>The option whose value comes next.</summary>
    public WordOption? Wants { get; private set; }

    /// <summary>The option that a bare word would fill now.</summary>
    public WordOption? NextPlace => _toFill.FirstOrDefault();

    /// <summary>virsh's help takes whatever it is given.</summary>
    private bool IsHelp => word.Name == WordTable.Help;

    /// <returns>What is wrong with it, or null.</returns>
    public string? Take(string argument)
    {
        if (_onlyData || !argument.StartsWith("--", StringComparison.Ordinal)) return TakeData(argument);
        if (argument.Length > 2 && char.IsAsciiLetterOrDigit(argument[2])) return TakeOption(argument[2..]);
        if (argument.Length > 2) return TakeData(argument);
        _onlyData = true;
        return null;
    }

    public void TakeValue(string value)
    {
        var option = Wants ?? throw new InvalidOperationException("no option wants a value");
        if (!option.IsRest) _toFill.Remove(option);
        _given.Add((option, value));
        Wants = null;
    }

    /// <summary>A sentence for each option that must be there and is not.</summary>
    public IEnumerable<string> Missing() => word.Options.Where(option => option.IsRequired && !_seen.Contains(option))
        .Select(option => $"command '{word.Name}' requires <{option.Name}> option");

    /// <summary>The options that may still be given.</summary>
    public IEnumerable<WordOption> Unused() => word.Options.Where(option => option.IsRest || !_seen.Contains(option));

    public ParsedCommand Done() => new(word, _given);

    private string? TakeOption(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
        if (name == "help")
        {
            AsksForHelp = true;
            return value is null ? null : "invalid '=' after option --help";
        }

        if (word.Find(name) is not { } option) return IsHelp ? null : $"command '{word.Name}' doesn't support option --{name}";
        if (!_seen.Add(option) && !option.IsRest) return IsHelp ? null : $"option --{name} already seen";
        if (option.Takes == Takes.Nothing)
        {
            if (value is not null) return $"invalid '=' after option --{name}";
            _given.Add((option, ""));
            return null;
        }

        Wants = option;
        if (value is not null) TakeValue(value);
        return null;
    }

    private string? TakeData(string text)
    {
        if (_toFill.Count == 0) return IsHelp ? null : $"unexpected data '{text}'";
        var option = _toFill[0];
        if (!option.IsRest) _toFill.RemoveAt(0);
        _seen.Add(option);
        _given.Add((option, text));
        return null;
    }
}
