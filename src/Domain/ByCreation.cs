namespace EventCheckpoints.Domain;

/// <summary>
/// Checkpoints by creation time, ties by name (whole seconds make ties common): the order of siblings in a bulk document, which depends on
/// nothing but their content.
/// </summary>
public sealed class ByCreation : IComparer<Checkpoint>
{
    public static ByCreation Order { get; } = new();

    public int Compare(Checkpoint? x, Checkpoint? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var byTime = x.CreationTime.CompareTo(y.CreationTime);
        return byTime != 0 ? byTime : string.CompareOrdinal(x.Name.Value, y.Name.Value);
    }
}
