namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>Where a word stands in the help.</summary>
public enum Group
{
    Checkpoints,
    Domains,
    Hosts,
    Audit,
    Events,
    Shell,
}

/// <summary>A word of the command line: one entry of the table of commands.</summary>
/// <param name="Summary">One line, behind the word's name.</param>
/// <param name="Options">virsh's own first and in virsh's order, which bare words depend on; then ours.</param>
/// <param name="Run">Does it; false where it failed, with the error printed.</param>
public sealed record Word(string Name, Group Group, string Summary, string Description, IReadOnlyList<WordOption> Options, Func<Invocation, Task<bool>> Run)
{
    /// <summary>What differs from virsh or is worth knowing; a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The exit code where it failed.</summary>
    public int Trouble { get; init; } = Runner.Failure;

    public IReadOnlyList<string> Examples { get; init; } = [];

    public WordOption? Find(string option) => Options.FirstOrDefault(known => known.Name == option);
}
