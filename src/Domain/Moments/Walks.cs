namespace EventCheckpoints.Domain.Moments;

/// <summary>Ways through a forest. None recurses, so that depth costs no stack, and each is linear in what it visits.</summary>
public static class Walks
{
    /// <summary>
    /// Everything below a moment, or the whole forest for null: each before its children, siblings newest linked first
    /// (virDomainMomentForEachDescendant; the order of VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL).
    /// </summary>
    public static IEnumerable<T> Descendants<T>(this Forest<T> forest, MomentName? top)
        where T : class, IMoment
    {
        for (var moment = forest.FirstChild(top); moment is not null;)
        {
            yield return moment;
            moment = forest.FirstChild(moment.Name) ?? NextBesideOrAbove(forest, moment, top);
        }
    }

    /// <summary>As <see cref="Descendants{T}(Forest{T}, MomentName?)"/>, siblings in the order of <paramref name="siblings"/>.</summary>
    public static IEnumerable<T> Descendants<T>(this Forest<T> forest, MomentName? top, IComparer<T> siblings)
        where T : class, IMoment
    {
        var open = new Stack<T>();
        PushChildren(top);
        while (open.TryPop(out var moment))
        {
            yield return moment;
            PushChildren(moment.Name);
        }

        void PushChildren(MomentName? parent)
        {
            var children = forest.ChildrenOf(parent).ToArray();
            Array.Sort(children, siblings);
            for (var i = children.Length - 1; i >= 0; i--) open.Push(children[i]);
        }
    }

    /// <summary>Everything below a moment, each after its children: the order in which all can be removed as leaves.</summary>
    public static IEnumerable<T> DescendantsLeavesFirst<T>(this Forest<T> forest, MomentName? top)
        where T : class, IMoment
    {
        var moment = Deepest(forest.FirstChild(top));
        while (moment is not null)
        {
            yield return moment;
            moment = forest.NextSibling(moment.Name) is { } sibling ? Deepest(sibling)
                : moment.Parent == top || moment.Parent is not { } parent ? null
                : forest.Find(parent);
        }

        T? Deepest(T? from)
        {
            for (var child = from; child is not null; child = forest.FirstChild(child.Name)) from = child;
            return from;
        }
    }

    /// <summary>The parent, its parent and so on up to a root.</summary>
    public static IEnumerable<T> Ancestors<T>(this Forest<T> forest, MomentName name)
        where T : class, IMoment
    {
        for (var parent = forest.Find(name)?.Parent; parent is { } above;)
        {
            var moment = forest.Find(above)!;
            yield return moment;
            parent = moment.Parent;
        }
    }

    /// <summary>Whether a moment has no children.</summary>
    public static bool IsLeaf<T>(this Forest<T> forest, MomentName name)
        where T : class, IMoment => forest.ChildCount(name) == 0;

    /// <summary>
    /// The leaf of a forest that is one unbranched chain, else null (virDomainMomentFindLeaf): what libvirt takes as current after a restart.
    /// </summary>
    public static T? OnlyLeaf<T>(this Forest<T> forest)
        where T : class, IMoment
    {
        T? leaf = null;
        for (MomentName? name = null; forest.ChildCount(name) == 1; name = leaf.Name) leaf = forest.FirstChild(name)!;
        return leaf is not null && forest.IsLeaf(leaf.Name) ? leaf : null;
    }

    private static T? NextBesideOrAbove<T>(Forest<T> forest, T moment, MomentName? top)
        where T : class, IMoment
    {
        for (var at = moment; ; at = forest.Find(at.Parent!.Value)!)
        {
            if (forest.NextSibling(at.Name) is { } sibling) return sibling;
            if (at.Parent == top || at.Parent is null) return null;
        }
    }
}
