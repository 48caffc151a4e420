using System.Numerics;

namespace EventCheckpoints.Domain.Log;

/// <summary>A perfect subtree: the 2^Level leaves from Index · 2^Level on.</summary>
public readonly record struct Subtree(int Level, long Index);

/// <summary>A stretch of leaves, To not included, whose Merkle tree hash (RFC 6962 §2.1) is wanted.</summary>
public readonly record struct Span(long From, long To)
{
    /// <summary>
    /// The perfect subtrees whose roots give the hash of the stretch, from left to right. Only for stretches that trees are made of: From is a multiple of
    /// the largest power of two that is not greater than the length.
    /// </summary>
    public IEnumerable<Subtree> Subtrees()
    {
        for (var at = From; at < To;)
        {
            var level = BitOperations.Log2((ulong)(To - at));
            yield return new Subtree(level, at >> level);
            at += 1L << level;
        }
    }
}

/// <summary>Which hashes prove what (RFC 6962 §2.1.1 and §2.1.2), as stretches of leaves in the order of the proof.</summary>
public static class ProofSpans
{
    /// <summary>PATH(index, D[size]): that the leaf is in the tree.</summary>
    public static IReadOnlyList<Span> OfInclusion(long index, long size)
    {
        if (index < 0 || index >= size) throw new ArgumentOutOfRangeException(nameof(index), $"a tree of {size} leaves has no leaf {index}");
        var spans = new List<Span>();
        var (from, to) = (0L, size);
        while (to - from > 1)
        {
            var middle = from + Split(to - from);
            spans.Add(index < middle ? new Span(middle, to) : new Span(from, middle));
            if (index < middle) to = middle;
            else from = middle;
        }

        spans.Reverse();
        return spans;
    }

    /// <summary>PROOF(from, D[to]): that the tree of the first leaves is the beginning of the larger one. Empty for equal sizes.</summary>
    public static IReadOnlyList<Span> OfConsistency(long earlier, long later)
    {
        if (earlier <= 0 || earlier > later) throw new ArgumentOutOfRangeException(nameof(earlier), $"there is no proof from {earlier} to {later} leaves");
        var spans = new List<Span>();
        var (from, to, whole) = (0L, later, true);
        while (earlier != to)
        {
            var middle = from + Split(to - from);
            if (earlier <= middle)
            {
                spans.Add(new Span(middle, to));
                to = middle;
            }
            else
            {
                spans.Add(new Span(from, middle));
                (from, whole) = (middle, false);
            }
        }

        // The earlier tree's own root is known to who asks, unless it is only a part of what is left.
        if (!whole) spans.Add(new Span(from, to));
        spans.Reverse();
        return spans;
    }

    /// <summary>The largest power of two smaller than n, for n of two or more.</summary>
    private static long Split(long n) => 1L << BitOperations.Log2((ulong)(n - 1));
}
