using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EventCheckpoints.Domain;

/// <summary>A libvirt domain's UUID: what a domain is known by through renames and moves. Printed lower-case with dashes.</summary>
public readonly record struct DomainId(Guid Value)
{
    public override string ToString() => Value.ToString("D");

    /// <summary>Reads a UUID with or without dashes, as virUUIDParse does for both forms.</summary>
    public static bool TryParse(string? text, out DomainId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value) || Guid.TryParseExact(text, "N", out value);
        id = new DomainId(value);
        return ok;
    }
}

/// <summary>A libvirt domain's name: not empty, without '/' and newline (virDomainDefParseXML), and of characters that XML can hold (XML 1.0 §2.2).</summary>
public readonly record struct DomainName
{
    private DomainName(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;

    public static bool TryParse([NotNullWhen(true)] string? text, out DomainName name)
    {
        var ok = !string.IsNullOrEmpty(text) && text.AsSpan().IndexOfAny('/', '\n') < 0 && text.EnumerateRunes().All(IsXml);
        name = ok ? new DomainName(text!) : default;
        return ok;
    }

    private static bool IsXml(Rune rune) => rune.Value is >= ' ' and not (0xFFFE or 0xFFFF) or '\t' or '\r';

    /// <summary>For a name that has passed <see cref="TryParse"/> before: out of an event or a row.</summary>
    public static DomainName Trusted(string value) => new(value);
}

/// <summary>
/// A checkpoint's name, unique in its domain, compared byte for byte. The schema's rule is
/// [a-zA-Z0-9_\-][a-zA-Z0-9_\-.]* over the whole text (domaincheckpoint.rng, checkpointName).
/// </summary>
public readonly record struct MomentName
{
    private MomentName(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;

    public static bool TryParse([NotNullWhen(true)] string? text, out MomentName name)
    {
        var ok = !string.IsNullOrEmpty(text) && text[0] != '.' && !text.AsSpan().ContainsAnyExcept(Allowed);
        name = ok ? new MomentName(text!) : default;
        return ok;
    }

    /// <summary>For a name that has passed <see cref="TryParse"/> before: out of an event or a row.</summary>
    public static MomentName Trusted(string value) => new(value);

    private static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
}

/// <summary>
/// A legal hold's id, unique among the active ones of its domain: a case number, say. 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', of which the
/// first is a letter or a digit, so that it stands in a path and on a command line as it is.
/// </summary>
public readonly record struct HoldId
{
    private const int MaxLength = 64;

    private HoldId(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;

    public static bool TryParse([NotNullWhen(true)] string? text, out HoldId id)
    {
        var ok = text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0]) && MomentName.TryParse(text, out _);
        id = ok ? new HoldId(text!) : default;
        return ok;
    }

    /// <summary>For an id that has passed <see cref="TryParse"/> before: out of an event or a row.</summary>
    public static HoldId Trusted(string value) => new(value);
}

/// <summary>
/// A libvirt driver on a machine, such as kvm7:qemu/system: its own name (virConnectGetHostname), the driver, and the path of its URI; whoever asks, and through what, makes no other. 1 to 255
/// characters without blanks and control characters.
/// </summary>
public readonly record struct HostName
{
    private const int MaxLength = 255;

    private HostName(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;

    public static bool TryParse([NotNullWhen(true)] string? text, out HostName name)
    {
        var ok = text is { Length: > 0 and <= MaxLength } && text.EnumerateRunes().All(rune => !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune) && rune.Value is not (0xFFFD or 0xFFFE or 0xFFFF));
        name = ok ? new HostName(text!) : default;
        return ok;
    }

    /// <summary>For a name that has passed <see cref="TryParse"/> before: out of an event or a row.</summary>
    public static HostName Trusted(string value) => new(value);
}

/// <summary>
/// Who answers for a checkpoint: a backup tool or a person. 1 to 128 characters without control characters, neither beginning nor ending with a blank.
/// </summary>
public readonly record struct Owner
{
    private const int MaxLength = 128;

    private Owner(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;

    public static bool TryParse([NotNullWhen(true)] string? text, out Owner owner)
    {
        var ok = text is { Length: > 0 and <= MaxLength } && text.Trim() == text && text.EnumerateRunes().All(rune => !Rune.IsControl(rune) && rune.Value is not (0x2028 or 0x2029 or 0xFFFD or 0xFFFE or 0xFFFF));
        owner = ok ? new Owner(text!) : default;
        return ok;
    }

    /// <summary>For an owner that has passed <see cref="TryParse"/> before: out of an event or a row.</summary>
    public static Owner Trusted(string value) => new(value);
}

/// <summary>When a checkpoint was made: whole seconds since 1970-01-01 UTC, never negative (libvirt keeps a long long).</summary>
public readonly record struct CreationTime(long Seconds) : IComparable<CreationTime>
{
    public int CompareTo(CreationTime other) => Seconds.CompareTo(other.Seconds);

    public static CreationTime Of(DateTimeOffset instant) => new(instant.ToUnixTimeSeconds());

    public static bool operator <(CreationTime left, CreationTime right) => left.Seconds < right.Seconds;

    public static bool operator >(CreationTime left, CreationTime right) => left.Seconds > right.Seconds;

    public static bool operator <=(CreationTime left, CreationTime right) => left.Seconds <= right.Seconds;

    public static bool operator >=(CreationTime left, CreationTime right) => left.Seconds >= right.Seconds;
}

/// <summary>The address of a definition: SHA-256 over the UTF-8 bytes of its <c>&lt;domain&gt;</c> text, as 64 lower-case hex digits.</summary>
public readonly record struct DefinitionHash
{
    private DefinitionHash(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => Value;

    public static DefinitionHash Of(string xml) => new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(xml))));

    /// <summary>For a hash out of an event or a row.</summary>
    public static DefinitionHash Trusted(string value) => new(value);
}
