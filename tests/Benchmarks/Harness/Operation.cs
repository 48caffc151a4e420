namespace EventCheckpoints.Benchmarks.Harness;

/// <summary>Something to time.</summary>
/// <param name="Run">What the clock sees; returns the bytes it moved, 0 where nobody asks.</param>
/// <param name="Prepare">What has to be there first, each time; the clock does not see it.</param>
/// <param name="Times">How often one round runs it, for what is too short to time alone; the sample is the mean.</param>
/// <param name="Large">Its memory is watched, in a run of its own, and it begins on a tidy heap; what is short would only be disturbed.</param>
internal sealed record Operation(Func<Task<long>> Run, Func<Task>? Prepare = null, int Times = 1, bool Large = false);

/// <summary>An operation at one size, and the peer or limit that it is measured beside.</summary>
internal sealed record Case(int Size, Operation Subject, Operation? Yardstick = null);

/// <summary>What issue and page promise; null where nothing is.</summary>
/// <param name="Ratio">Subject to yardstick, at most.</param>
/// <param name="Exponent">Of the time over the size: 1 is linear.</param>
/// <param name="Growth">Time at the largest size to time at the smallest, at most, for what should be flat.</param>
/// <param name="Held">The ratio that a quick run holds where the goal does not hold yet: about twice what was measured, so that it gets no worse unseen.</param>
/// <param name="PeakBytes">Growth of the process's resident memory while it runs, at most.</param>
internal sealed record Goals(double? Ratio = null, double? Exponent = null, double? Growth = null, long? PeakBytes = null, double? Held = null);

/// <summary>What a track's numbers count.</summary>
internal enum Unit
{
    Seconds,
    Bytes,
}

/// <summary>One line of the report for each size: what is timed, beside what.</summary>
/// <param name="Name">Lower case, as --only takes it, with a part of its own behind a slash.</param>
/// <param name="Yardstick">The yardstick in words; null where there is none.</param>
internal sealed record Track(string Name, string? Yardstick, Goals Goals, IReadOnlyList<Case> Cases, Unit Unit = Unit.Seconds);
