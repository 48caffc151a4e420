namespace EventCheckpoints.Domain.Log;

/// <summary>A tree that leaves are added to: it keeps the roots of its perfect subtrees, one for each bit of its size, and gives the root of any size on the way.</summary>
public sealed class GrowingTree
{
    private readonly Stack<TreeHash> _subtrees = [];

    public GrowingTree()
    {
    }

    /// <summary>A tree that is there already.</summary>
    /// <param name="subtrees">The roots of <see cref="Span.Subtrees"/> of all its leaves.</param>
    public GrowingTree(long size, IEnumerable<TreeHash> subtrees)
    {
        Size = size;
        foreach (var subtree in subtrees) _subtrees.Push(subtree);
        if (_subtrees.Count != long.PopCount(size)) throw new ArgumentException($"a tree of {size} leaves has {long.PopCount(size)} perfect subtrees, not {_subtrees.Count}", nameof(subtrees));
    }

    public long Size { get; private set; }

    public TreeHash Root => Fold(_subtrees);

    public void Add(TreeHash leaf)
    {
        var subtree = leaf;
        for (var size = Size; (size & 1) == 1; size >>= 1) subtree = TreeHash.OfNode(_subtrees.Pop(), subtree);
        _subtrees.Push(subtree);
        Size++;
    }

    /// <summary>The hash of a stretch from its perfect subtrees.</summary>
    /// <param name="rightToLeft">Their roots, the last one first.</param>
    public static TreeHash Fold(IEnumerable<TreeHash> rightToLeft)
    {
        TreeHash? hash = null;
        foreach (var subtree in rightToLeft) hash = hash is { } right ? TreeHash.OfNode(subtree, right) : subtree;
        return hash ?? TreeHash.Empty;
    }
}
