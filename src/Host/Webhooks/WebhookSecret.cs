using System.Security.Cryptography;
using System.Text;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>What deliveries to a webhook are signed with (Standard Webhooks 1.0.0, symmetric): whsec_ and 24 to 64 bytes in base64.</summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whsec_";

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    public static WebhookSecret Create() => new(RandomNumberGenerator.GetBytes(32));

    /// <exception cref="FormatException">It is no such text.</exception>
    public static WebhookSecret Parse(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) ? new WebhookSecret(Convert.FromBase64String(text[Prefix.Length..])) : throw new FormatException("a webhook's secret begins with whsec_");

    /// <summary>The secret itself, for its two owners.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <summary>Of one message: v1 and HMAC-SHA256 over <c>id.timestamp.body</c> in base64.</summary>
    /// <param name="timestamp">Seconds since 1970.</param>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>Never the secret: this is what a log would get.</summary>
    public override string ToString() => Prefix + "…";
}
