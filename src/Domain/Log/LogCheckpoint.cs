using System.Globalization;

namespace EventCheckpoints.Domain.Log;

/// <summary>
/// What a log says of itself at a size (C2SP tlog-checkpoint v1.0.0). Nothing to do with a domain's checkpoints but the word, which is the standard's.
/// </summary>
/// <param name="Origin">The log's name, which is its key's name too.</param>
public sealed record LogCheckpoint(string Origin, long Size, TreeHash Root)
{
    /// <summary>Null where the text of a note is none. Extension lines are let pass; none are written.</summary>
    public static LogCheckpoint? Parse(string text) =>
        text.Split('\n') is [{ Length: > 0 } origin, var size, var root, .. var rest] && rest is [.., ""] && rest[..^1].All(line => line.Length > 0)
        && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == size
        && TreeHash.TryParse(root, out var hash)
            ? new LogCheckpoint(origin, number, hash)
            : null;

    /// <summary>The text that is signed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");
}
