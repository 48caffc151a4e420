using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EventCheckpoints.Host.Tests.Webhooks;

/// <summary>What a receiver does by Standard Webhooks 1.0.0; written from the specification, and without any of the code that signs.</summary>
internal static class StandardWebhooksVerifier
{
    private const int ToleranceSeconds = 5 * 60;

    public static bool Accepts(string secret, string id, string timestamp, string signatures, byte[] body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sent) || Math.Abs(now.ToUnixTimeSeconds() - sent) > ToleranceSeconds) return false;
        if (!secret.StartsWith("whsec_", StringComparison.Ordinal)) return false;
        var key = Convert.FromBase64String(secret[6..]);
        if (key.Length is < 24 or > 64) return false;
        byte[] signed = [.. Encoding.ASCII.GetBytes(id), (byte)'.', .. Encoding.ASCII.GetBytes(timestamp), (byte)'.', .. body];
        var expected = HMACSHA256.HashData(key, signed);
        return signatures.Split(' ').Any(signature => signature.Split(',', 2) is ["v1", var base64] && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(base64), expected));
    }

    public static bool Accepts(string secret, Received received, DateTimeOffset now) => Accepts(secret, received.Id, received.Timestamp, received.Signature, received.Body, now);
}
