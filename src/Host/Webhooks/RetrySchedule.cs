namespace EventCheckpoints.Host.Webhooks;

/// <summary>When to go on after an attempt that failed.</summary>
/// <param name="Due">When the event is tried again.</param>
/// <param name="AllNotBefore">Until when all lanes of the webhook wait; null: they need not.</param>
public sealed record Retry(DateTimeOffset Due, DateTimeOffset? AllNotBefore);

/// <summary>When a delivery that failed is tried again: the schedule that Standard Webhooks 1.0.0 gives.</summary>
public static class RetrySchedule
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14),
        TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>At most so much later than the schedule says, so that what failed together is not tried together.</summary>
    private const double Jitter = 0.2;

    /// <summary>A target that asks for longer is not obeyed.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    /// <summary>For all lanes, of a target that is overloaded and does not say for how long: one event that has failed for days must not hold up the others as long.</summary>
    private static readonly TimeSpan Breather = TimeSpan.FromMinutes(1);

    /// <param name="attempts">How many have failed, the last one among them.</param>
    /// <returns>Null: give up.</returns>
    public static Retry? After(int attempts, Attempt last, DateTimeOffset now)
    {
        if (attempts > Delays.Length) return null;
        var delay = Delays[attempts - 1] * (1 + (Jitter * Random.Shared.NextDouble()));
        var asked = last.RetryAfter is { } wanted && wanted > MaxRetryAfter ? MaxRetryAfter : last.RetryAfter;
        return new Retry(now + (asked > delay ? asked.Value : delay), last.IsOverloaded ? now + (asked ?? (delay < Breather ? delay : Breather)) : null);
    }
}
