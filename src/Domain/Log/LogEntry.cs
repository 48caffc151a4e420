using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EventCheckpoints.Domain.Log;

/// <summary>
/// What the log holds of one event or audit record: a small canonical record (RFC 8785) that stands for it, so that a payload may be erased by law and the
/// proof still stands.
/// </summary>
/// <param name="Sequence">Its place in the order of all events.</param>
/// <param name="Id">Of the event.</param>
/// <param name="Stream">A domain's, or that of a host's run.</param>
/// <param name="Version">In its stream.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="Recorded">To the microsecond.</param>
/// <param name="Occurred">As its source wrote it.</param>
/// <param name="Payload">SHA-256 of the event's JSON as the database has it, in hex.</param>
/// <param name="Metadata">SHA-256 of all that stands beside it: <see cref="HashOfMetadata"/>.</param>
public sealed record LogEntry(
    long Sequence, Guid Id, Guid Stream, long Version, string Type, DateTimeOffset Recorded, string? Occurred, string? Actor, string Payload, string Metadata)
{
    /// <summary>C2SP tlog-tiles writes an entry's length in 16 bits.</summary>
    public const int MaxBytes = 65_535;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>SHA-256, in lower-case hex.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <param name="headers">The headers' JSON as the database has it.</param>
    public static string HashOfMetadata(string? headers, string? correlation, string? causation) =>
        HashOf(CanonicalJson.Of([new("headers", headers), new("correlation", correlation), new("causation", causation)]));

    /// <summary>Reads what <see cref="Text"/> wrote, and nothing else: another form of the same record is another entry.</summary>
    public static bool TryParse(string text, out LogEntry entry)
    {
        entry = null!;
        try
        {
            using var json = JsonDocument.Parse(text);
            var of = json.RootElement;
            string? Optional(string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;
            entry = new LogEntry(
                long.Parse(of.GetProperty("sequence").GetString()!, NumberStyles.None, CultureInfo.InvariantCulture),
                of.GetProperty("id").GetGuid(),
                of.GetProperty("stream").GetGuid(),
                of.GetProperty("version").GetInt64(),
                of.GetProperty("type").GetString()!,
                DateTimeOffset.ParseExact(of.GetProperty("recorded").GetString()!, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                Optional("occurred"),
                Optional("actor"),
                of.GetProperty("payload").GetString()!,
                of.GetProperty("metadata").GetString()!);
            return entry.Text() == text;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>The entry as it stands in the log.</summary>
    public string Text() => CanonicalJson.Of(
    [
        new("v", 1L),
        new("sequence", Sequence.ToString("D20", CultureInfo.InvariantCulture)),
        new("id", Id.ToString()),
        new("stream", Stream.ToString()),
        new("version", Version),
        new("type", Type),
        new("recorded", Recorded.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture)),
        new("occurred", Occurred),
        new("actor", Actor),
        new("payload", Payload),
        new("metadata", Metadata),
    ]);
}
