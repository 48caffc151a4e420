using System.Security.Cryptography;

namespace EventCheckpoints.Domain.Tests.Log;

/// <summary>RFC 6962 §2.1 by its definitions, word for word and slowly: shares nothing with the code that it is a second opinion on.</summary>
internal static class IndependentVerifier
{
    /// <summary>MTH(D[n]).</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves) => leaves.Count switch
    {
        0 => SHA256.HashData([]),
        1 => SHA256.HashData([0, .. leaves[0]]),
        var n when Half(n) is var k => SHA256.HashData([1, .. Root([.. leaves.Take(k)]), .. Root([.. leaves.Skip(k)])]),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>PATH(m, D[n]).</summary>
    public static byte[][] Path(int m, IReadOnlyList<byte[]> leaves)
    {
        if (leaves.Count == 1) return [];
        var k = Half(leaves.Count);
        return m < k
            ? [.. Path(m, [.. leaves.Take(k)]), Root([.. leaves.Skip(k)])]
            : [.. Path(m - k, [.. leaves.Skip(k)]), Root([.. leaves.Take(k)])];
    }

    /// <summary>PROOF(m, D[n]).</summary>
    public static byte[][] Proof(int m, IReadOnlyList<byte[]> leaves) => SubProof(m, leaves, true);

    private static byte[][] SubProof(int m, IReadOnlyList<byte[]> leaves, bool isWhole)
    {
        if (m == leaves.Count) return isWhole ? [] : [Root(leaves)];
        var k = Half(leaves.Count);
        return m <= k
            ? [.. SubProof(m, [.. leaves.Take(k)], isWhole), Root([.. leaves.Skip(k)])]
            : [.. SubProof(m - k, [.. leaves.Skip(k)], false), Root([.. leaves.Take(k)])];
    }

    private static int Half(int n)
    {
        var k = 1;
        while (k * 2 < n) k *= 2;
        return k;
    }
}
