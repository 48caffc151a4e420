using System.Security.Cryptography;

namespace EventCheckpoints.Domain.Log;

/// <summary>A SHA-256 of the log's Merkle tree (RFC 6962 §2.1): of a leaf, of a subtree, or of the whole tree.</summary>
public readonly struct TreeHash : IEquatable<TreeHash>
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    private readonly byte[]? _bytes;

    private TreeHash(byte[] bytes) => _bytes = bytes;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static TreeHash Empty { get; } = new(SHA256.HashData([]));

    public ReadOnlySpan<byte> Bytes => _bytes ?? throw new InvalidOperationException("a hash of nothing");

    public static bool operator ==(TreeHash left, TreeHash right) => left.Equals(right);

    public static bool operator !=(TreeHash left, TreeHash right) => !left.Equals(right);

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static TreeHash Of(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length ? new(bytes.ToArray()) : throw new ArgumentException($"a hash has {Length} bytes, and this has {bytes.Length}", nameof(bytes));

    /// <summary>SHA-256(0x00 ‖ entry).</summary>
    public static TreeHash OfLeaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(entry);
        return new(hash.GetHashAndReset());
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static TreeHash OfNode(TreeHash left, TreeHash right)
    {
        Span<byte> both = stackalloc byte[1 + Length + Length];
        both[0] = 1;
        left.Bytes.CopyTo(both[1..]);
        right.Bytes.CopyTo(both[(1 + Length)..]);
        return new(SHA256.HashData(both));
    }

    /// <summary>Reads standard base64 of exactly 32 bytes, in its one canonical form.</summary>
    public static bool TryParse(string base64, out TreeHash hash)
    {
        var bytes = new byte[Length + 1];
        var isHash = Convert.TryFromBase64String(base64, bytes, out var written) && written == Length && Convert.ToBase64String(bytes, 0, Length) == base64;
        hash = isHash ? new(bytes[..Length]) : default;
        return isHash;
    }

    public byte[] ToArray() => Bytes.ToArray();

    public bool Equals(TreeHash other) => _bytes is null ? other._bytes is null : other._bytes is not null && Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is TreeHash other && Equals(other);

    public override int GetHashCode() => _bytes is null ? 0 : BitConverter.ToInt32(_bytes);

    /// <summary>Base64, as signed checkpoints and proofs have it.</summary>
    public override string ToString() => Convert.ToBase64String(Bytes);
}
