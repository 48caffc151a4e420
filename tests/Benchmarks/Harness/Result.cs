namespace EventCheckpoints.Benchmarks.Harness;

/// <summary>What the rounds said about one size.</summary>
/// <param name="Ratio">Subject to yardstick of the same round, so that what slows the machine for a while slows both.</param>
/// <param name="Bytes">Moved by the subject in one run.</param>
internal sealed record SizeResult(int Size, int Rounds, Spread Amount, Spread? Yardstick, Spread? Ratio, long Bytes, long YardstickBytes, MemoryPeak Peak)
{
    public static SizeResult Of(int size, IReadOnlyList<Sample> subject, IReadOnlyList<Sample> yardstick, MemoryPeak peak) => new(
        size,
        subject.Count,
        Spread.Of(subject.Select(sample => sample.Amount)),
        yardstick.Count == 0 ? null : Spread.Of(yardstick.Select(sample => sample.Amount)),
        yardstick.Count == 0 ? null : Spread.Of(subject.Zip(yardstick, (one, other) => one.Amount / other.Amount)),
        subject[^1].Bytes,
        yardstick.Count == 0 ? 0 : yardstick[^1].Bytes,
        peak);
}

/// <summary>What the rounds said about a track.</summary>
/// <param name="Exponent">b where the medians follow a·nᵇ best; null for one size.</param>
/// <param name="Growth">Time at the largest size to time at the smallest, of the same round; null for one size.</param>
internal sealed record TrackResult(Track Track, IReadOnlyList<SizeResult> Sizes, double? Exponent, double? Growth)
{
    /// <summary>How far past its goal a ratio may be on a machine that others use too.</summary>
    private const double Slack = 2;

    /// <summary>Every goal that is missed, in words.</summary>
    public IEnumerable<string> Misses() => Past(1, Exponent, Track.Goals.Exponent, Track.Goals.Ratio);

    /// <summary>What cannot be laid to a busy machine, in words: growth, and ratios far past their goals, or past what is held where a goal is not reached yet; never a time.</summary>
    public IEnumerable<string> Failures() => Past(Slack, LeastExponent, Track.Goals.Growth is null ? ExponentLimit : null, Track.Goals.Held ?? Track.Goals.Ratio * Slack).Where(text => !text.StartsWith("memory", StringComparison.Ordinal));

    /// <summary>Of the shortest times, which a busy machine disturbs least.</summary>
    private double? LeastExponent => Harness.Growth.Exponent([.. Sizes.Select(size => ((double)size.Size, size.Amount.Min))]);

    /// <summary>Twice as much time at the largest size as linear growth with the usual goal allows; sizes that are close together say less of an exponent.</summary>
    private double? ExponentLimit => Sizes.Count < 2 ? null : 1.1 + (Math.Log(Slack) / Math.Log((double)Sizes[^1].Size / Sizes[0].Size));

    private IEnumerable<string> Past(double slack, double? measured, double? exponent, double? ratio)
    {
        if (measured > exponent) yield return $"exponent {measured:0.00}, at most {exponent:0.0#}";
        if (Growth > Track.Goals.Growth * slack) yield return $"growth {Growth:0.00} ×, at most {Track.Goals.Growth * slack:0.0#} ×";
        foreach (var size in Sizes)
        {
            if (size.Ratio?.Median > ratio) yield return $"ratio {size.Ratio.Median:0.00} × at {size.Size:N0}, at most {ratio:0.0#} ×";
            if (size.Peak.Resident > Track.Goals.PeakBytes) yield return $"memory +{size.Peak.Resident / 1048576.0:0} MiB at {size.Size:N0}, at most +{Track.Goals.PeakBytes / 1048576} MiB";
        }
    }
}
