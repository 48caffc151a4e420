namespace EventCheckpoints.Benchmarks.Harness;

/// <summary>How time grows with size.</summary>
internal static class Growth
{
    /// <summary>b of a·nᵇ, fitted by least squares on the logarithms; null for fewer than two sizes.</summary>
    public static double? Exponent(IReadOnlyList<(double Size, double Amount)> points)
    {
        if (points.Count < 2) return null;
        var x = points.Select(point => Math.Log(point.Size)).ToArray();
        var y = points.Select(point => Math.Log(point.Amount)).ToArray();
        var (meanX, meanY) = (x.Average(), y.Average());
        return x.Zip(y, (one, other) => (one - meanX) * (other - meanY)).Sum() / x.Sum(one => (one - meanX) * (one - meanX));
    }

    /// <summary>The middle of what the rounds say; null for one size.</summary>
    public static double? Between(IReadOnlyList<Sample> smallest, IReadOnlyList<Sample> largest) =>
        ReferenceEquals(smallest, largest) ? null : Spread.Of(smallest.Zip(largest, (one, other) => other.Amount / one.Amount)).Median;
}
