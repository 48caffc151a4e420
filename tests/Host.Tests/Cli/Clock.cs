using System.Globalization;
using System.Text.RegularExpressions;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>Puts one fixed second in the place of every second of a run, as a number and as virsh shows it.</summary>
internal sealed partial class Clock(long from, long to, TimeZoneInfo zone)
{
    /// <summary>2019-02-25 21:06:17 UTC, where the recorded cases' clock stood.</summary>
    public const long Fixed = 1551128777;

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public string Normalise(string text) => Shown().Replace(
        Number().Replace(text, number => IsOurs(long.Parse(number.Value, CultureInfo.InvariantCulture)) ? Text(Fixed) : number.Value),
        shown => DateTimeOffset.TryParseExact(shown.Value, "yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && IsOurs(time.ToUnixTimeSeconds())
            ? Host.Cli.Words.CheckpointTable.Local(new Domain.CreationTime(Fixed), zone)!
            : shown.Value);

    public static string Text(long seconds) => seconds.ToString(CultureInfo.InvariantCulture);

    private bool IsOurs(long seconds) => seconds >= from && seconds <= to;

    [GeneratedRegex(@"(?<![0-9])[0-9]{10}(?![0-9])")]
    private static partial Regex Number();

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [+-][0-9]{4}")]
    private static partial Regex Shown();
}
