using System.Diagnostics;

namespace EventCheckpoints.Benchmarks.Harness;

/// <summary>Runs a track: A B A B over all its sizes, round by round, so that no side has the machine's better hours.</summary>
internal static class Rounds
{
    /// <summary>Compiled code is exchanged for better code while it warms up, on a thread beside; a server has that behind it.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    public static async Task<TrackResult> RunAsync(Track track, int rounds, Action<string> progress)
    {
        var subject = track.Cases.Select(_ => new List<Sample>()).ToArray();
        var yardstick = track.Cases.Select(_ => new List<Sample>()).ToArray();
        progress($"{track.Name}: warming up");
        var clock = Stopwatch.StartNew();
        do await RoundAsync([track.Cases[0]], [[]], [[]]);
        while (clock.Elapsed < WarmUp);

        for (var round = 0; round < rounds; round++)
        {
            if (rounds <= 10) progress($"{track.Name}: round {round + 1} of {rounds}");
            await RoundAsync(track.Cases, subject, yardstick);
        }

        var sizes = new List<SizeResult>();
        foreach (var (one, i) in track.Cases.Select((one, i) => (one, i)))
        {
            var peak = one.Subject.Large ? await MemoryPeak.OfAsync(one.Subject) : MemoryPeak.Unknown;
            sizes.Add(SizeResult.Of(one.Size, subject[i], yardstick[i], peak));
        }

        return new TrackResult(
            track, sizes, Growth.Exponent([.. sizes.Select(size => ((double)size.Size, size.Amount.Median))]), Growth.Between(subject[0], subject[^1]));
    }

    private static async Task RoundAsync(IReadOnlyList<Case> cases, List<Sample>[] subject, List<Sample>[] yardstick)
    {
        for (var i = 0; i < cases.Count; i++)
        {
            subject[i].Add(await Sample.TakeAsync(cases[i].Subject));
            if (cases[i].Yardstick is { } other) yardstick[i].Add(await Sample.TakeAsync(other));
        }
    }
}
