using System.Globalization;
using System.Text.RegularExpressions;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>A point in the past: a version of a domain's stream, or a time.</summary>
/// <param name="Text">As it was given, for sentences.</param>
/// <param name="Version">Null for a time. One past all versions there can be is the greatest long.</param>
/// <param name="Time">Null for a version.</param>
/// <param name="Occurred">The time is when the source says it happened; else when it was recorded.</param>
public sealed partial record AsOf(string Text, long? Version, DateTimeOffset? Time, bool Occurred)
{
    /// <summary>Reads a version (digits) or a time (RFC 3339 §5.6), and for a time which one is meant: recorded, the default, or occurred.</summary>
    public static Result<AsOf> Of(string at, string? by)
    {
        if (BadBy(by) is { } bad) return bad;
        if (at.Length > 0 && at.All(char.IsAsciiDigit))
        {
            if (by is not null) return new Refusal(Rule.RequestInvalid, $"by={by} is for a time, and '{at}' is a version");
            return new AsOf(at, long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : long.MaxValue, null, false);
        }

        var match = Rfc3339().Match(at);
        return match.Success && DateTimeOffset.TryParse(match.Result("$1$2$3"), CultureInfo.InvariantCulture, out var time)
            ? new AsOf(at, null, time, by == "occurred")
            : new Refusal(
                Rule.RequestInvalid,
                $"'{at}' is neither a version such as 17 nor a time such as 2026-11-20T12:00:00Z{(at.Contains(' ', StringComparison.Ordinal) ? " (the '+' of a time zone is %2B in a query)" : "")}");
    }

    internal static Refusal? BadBy(string? by) =>
        by is null or "recorded" or "occurred" ? null : new Refusal(Rule.RequestInvalid, $"by is '{by}', and has to be recorded or occurred");

    // Finer than .NET's seven digits of a second no clock here tells.
    [GeneratedRegex(@"\A([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})((?:\.[0-9]{1,7})?)(?:(?<=\.[0-9]{7})[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
