namespace EventCheckpoints.Domain.Log;

/// <summary>Verification of proofs, by the algorithms of RFC 9162. Whatever they are given, they answer true or false.</summary>
public static class Proofs
{
    /// <summary>RFC 9162 §2.1.3.2: the leaf is in the tree of that size and root, at that index.</summary>
    public static bool IsIncluded(TreeHash leaf, long index, long size, IReadOnlyList<TreeHash> proof, TreeHash root)
    {
        if (index < 0 || index >= size) return false;
        var (at, last, hash) = (index, size - 1, leaf);
        foreach (var beside in proof)
        {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last)
            {
                hash = TreeHash.OfNode(beside, hash);
                while ((at & 1) == 0 && at != 0) (at, last) = (at >> 1, last >> 1);
            }
            else
            {
                hash = TreeHash.OfNode(hash, beside);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>RFC 9162 §2.1.4.2: the earlier tree is the beginning of the later one. A tree without leaves is the beginning of every tree.</summary>
    public static bool IsConsistent(long earlier, TreeHash earlierRoot, long later, TreeHash laterRoot, IReadOnlyList<TreeHash> proof)
    {
        if (earlier < 0 || earlier > later) return false;
        if (earlier == 0) return proof.Count == 0 && earlierRoot == TreeHash.Empty;
        if (earlier == later) return proof.Count == 0 && earlierRoot == laterRoot;
        var path = long.IsPow2(earlier) ? [earlierRoot, .. proof] : proof;
        if (path.Count == 0) return false;
        var (at, last) = (earlier - 1, later - 1);
        while ((at & 1) == 1) (at, last) = (at >> 1, last >> 1);
        var (first, second) = (path[0], path[0]);
        foreach (var beside in path.Skip(1))
        {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last)
            {
                (first, second) = (TreeHash.OfNode(beside, first), TreeHash.OfNode(beside, second));
                while ((at & 1) == 0 && at != 0) (at, last) = (at >> 1, last >> 1);
            }
            else
            {
                second = TreeHash.OfNode(second, beside);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && first == earlierRoot && second == laterRoot;
    }
}
