using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>A page of a list; <paramref name="Next"/> is the cursor of the following one, null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public static class Page
{
    /// <summary>A page of what was found when one more than <paramref name="limit"/> was asked for.</summary>
    /// <param name="cursor">The cursor that begins behind an item.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, string> cursor) =>
        found.Count > limit ? new Page<T>([.. found.Take(limit)], cursor(found[limit - 1])) : new Page<T>(found, null);
}

/// <summary>How much of a list is asked for, and from where on.</summary>
/// <param name="Cursor">A <see cref="Page{T}.Next"/>; null for the beginning.</param>
public sealed record Paging(int Limit, string? Cursor)
{
    public const int DefaultLimit = 1_000;
    public const int MaxLimit = 10_000;

    public static Result<Paging> Of(int? limit, string? cursor) => limit is < 1 or > MaxLimit
        ? new Refusal(Rule.RequestInvalid, $"limit is {limit}, and has to be between 1 and {MaxLimit}")
        : new Paging(limit ?? DefaultLimit, cursor);

    public static Refusal BadCursor(string cursor) =>
        new(Rule.RequestInvalid, $"cursor '{cursor}' is none that this server gave; start again without one");
}
