namespace EventCheckpoints.Host.Cli.Remote;

/// <summary>Why the server did not do it (problem+json), or why it could not be asked.</summary>
/// <param name="Detail">The sentence that virsh would print behind "error: ".</param>
/// <param name="Rule">The rule's name; null where no rule refused.</param>
/// <param name="Items">For a list: every bad item.</param>
public sealed record Problem(string Detail, string? Rule = null, IReadOnlyList<ProblemItem>? Items = null);

/// <param name="Index">Its place among all items given, from 0.</param>
public sealed record ProblemItem(int Index, string? Name, string Detail, int? Line = null);

/// <summary>Either an answer or the problem in its place.</summary>
public readonly record struct Reply<T>(T? Value, Problem? Problem)
    where T : class
{
    public static implicit operator Reply<T>(T value) => new(value, null);

    public static implicit operator Reply<T>(Problem problem) => new(null, problem);
}

/// <summary>What goes with a command that changes something.</summary>
/// <param name="Reason">For the audit log.</param>
/// <param name="IfVersion">The version that the domain has to be at.</param>
/// <param name="Source">Through what it came, where that is not the command line itself.</param>
public sealed record Change(string? Reason, string? IfVersion, string? Source = null);

/// <summary>A command's answer, as far as the words need it.</summary>
public sealed record Done(string? DomainName, long Version, string? Checkpoint, bool Changed, string? Hold = null);
