namespace EventCheckpoints.Host.Webhooks;

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

    public static int MaxAttempts => Delays.Length + 1;

    /// <param name="attempts">How many have failed, the last one among them.</param>
    /// <param name="retryAfter">The least that the target asked for.</param>
    /// <returns>How long to wait; null: give up.</returns>
    public static TimeSpan? After(int attempts, TimeSpan? retryAfter)
    {
        if (attempts > Delays.Length) return null;
        var delay = Delays[attempts - 1] * (1 + (Jitter * Random.Shared.NextDouble()));
        var asked = retryAfter is { } wanted && wanted > MaxRetryAfter ? MaxRetryAfter : retryAfter;
        return asked > delay ? asked : delay;
    }
}
