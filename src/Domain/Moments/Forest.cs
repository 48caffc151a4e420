using System.Collections.Immutable;

namespace EventCheckpoints.Domain.Moments;

/// <summary>
/// Moments under one nameless metaroot (virDomainMomentObjList), immutable. The roots are the metaroot's children; siblings are kept newest
/// linked first, as libvirt inserts at the head. Look-up is by name; every change is made through an <see cref="Editor"/>.
/// </summary>
public sealed class Forest<T>
    where T : class, IMoment
{
    public static Forest<T> Empty { get; } = new(ImmutableDictionary<MomentName, Node>.Empty, Node.Metaroot);

    private readonly ImmutableDictionary<MomentName, Node> _nodes;
    private readonly Node _metaroot;

    private Forest(ImmutableDictionary<MomentName, Node> nodes, Node metaroot)
    {
        _nodes = nodes;
        _metaroot = metaroot;
    }

    /// <summary>How many moments there are; the metaroot is none.</summary>
    public int Count => _nodes.Count;

    /// <summary>All moments, in no order.</summary>
    public IEnumerable<T> All => _nodes.Values.Select(node => node.Moment!);

    /// <summary>Those without children, in no order.</summary>
    public IEnumerable<T> Leaves => _nodes.Values.Where(node => node.Children == 0).Select(node => node.Moment!);

    public bool Contains(MomentName name) => _nodes.ContainsKey(name);

    public T? Find(MomentName name) => _nodes.TryGetValue(name, out var node) ? node.Moment : null;

    /// <summary>The children of a moment, or the roots for null; newest linked first.</summary>
    public IEnumerable<T> ChildrenOf(MomentName? parent)
    {
        for (var name = NodeOf(parent).First; name is { } child;)
        {
            var node = _nodes[child];
            yield return node.Moment!;
            name = node.Next;
        }
    }

    /// <summary>How many children a moment has, or how many roots there are for null.</summary>
    public int ChildCount(MomentName? parent) => NodeOf(parent).Children;

    /// <summary>The newest linked child, or the newest root for null.</summary>
    public T? FirstChild(MomentName? parent) => NodeOf(parent).First is { } name ? _nodes[name].Moment : null;

    /// <summary>The next older sibling.</summary>
    public T? NextSibling(MomentName name) => _nodes[name].Next is { } next ? _nodes[next].Moment : null;

    /// <summary>A forest of these moments, linked in this order. Every parent named must be among them, before or after.</summary>
    public static Forest<T> Of(IEnumerable<T> inLinkOrder)
    {
        var editor = Empty.Edit();
        editor.LinkAll([.. inLinkOrder]);
        return editor.ToForest();
    }

    public Editor Edit() => new(this);

    private Node NodeOf(MomentName? name) => name is { } real ? _nodes[real] : _metaroot;

    /// <summary>A place in the sibling lists: names, not references, so that a change copies only what it touches.</summary>
    internal sealed record Node(T? Moment, MomentName? First, MomentName? Previous, MomentName? Next, int Children)
    {
        public static Node Metaroot { get; } = new(null, null, null, null, 0);
    }

    /// <summary>A forest under change: many changes cost no more than their own number, and the forest it came from stays as it was.</summary>
    public sealed class Editor
    {
        private readonly ImmutableDictionary<MomentName, Node> _before;

        /// <summary>What differs from before, null what is gone: a place changes with each neighbour that comes, and is put in order once, in the end.</summary>
        private readonly Dictionary<MomentName, Node?> _changed = [];
        private Node _metaroot;

        internal Editor(Forest<T> forest) => (_before, _metaroot) = (forest._nodes, forest._metaroot);

        /// <exception cref="KeyNotFoundException">There is none.</exception>
        public T Get(MomentName name) => NodeOf(name).Moment!;

        public bool Contains(MomentName name) => Find(name) is not null;

        /// <summary>
        /// Puts a moment at the head of its parent's children (virDomainMomentLinkParent). One of that name is replaced, keeps its children
        /// and becomes the newest among its siblings. The parent must be there.
        /// </summary>
        public void Link(T moment)
        {
            var old = Find(moment.Name);
            if (old is not null) Detach(moment.Name, old);
            _changed[moment.Name] = new Node(moment, old?.First, null, null, old?.Children ?? 0);
            Attach(moment.Name, moment.Parent);
        }

        /// <summary>Takes a leaf out (virDomainMomentDropParent, virDomainMomentObjListRemove).</summary>
        public void RemoveLeaf(MomentName name)
        {
            var node = NodeOf(name);
            if (node.Children > 0) throw new InvalidOperationException($"{name} still has {node.Children} children");
            Detach(name, node);
            _changed[name] = null;
        }

        public Forest<T> ToForest()
        {
            var nodes = _before.ToBuilder();
            foreach (var (name, node) in _changed)
            {
                if (node is null) nodes.Remove(name);
                else nodes[name] = node;
            }

            return new Forest<T>(nodes.ToImmutable(), _metaroot);
        }

        internal void LinkAll(IReadOnlyCollection<T> inLinkOrder)
        {
            foreach (var moment in inLinkOrder) _changed.Add(moment.Name, new Node(moment, null, null, null, 0));
            foreach (var moment in inLinkOrder) Attach(moment.Name, moment.Parent);
        }

        private void Attach(MomentName name, MomentName? parent)
        {
            var above = NodeOf(parent);
            _changed[name] = NodeOf(name) with { Next = above.First };
            if (above.First is { } newest) _changed[newest] = NodeOf(newest) with { Previous = name };
            Set(parent, NodeOf(parent) with { First = name, Children = above.Children + 1 });
        }

        private void Detach(MomentName name, Node node)
        {
            var parent = node.Moment!.Parent;
            var above = NodeOf(parent);
            Set(parent, above with { First = above.First == name ? node.Next : above.First, Children = above.Children - 1 });
            if (node.Previous is { } newer) _changed[newer] = NodeOf(newer) with { Next = node.Next };
            if (node.Next is { } older) _changed[older] = NodeOf(older) with { Previous = node.Previous };
        }

        private Node? Find(MomentName name) => _changed.TryGetValue(name, out var node) ? node : _before.GetValueOrDefault(name);

        private Node NodeOf(MomentName? name) => name is not { } real ? _metaroot : Find(real) ?? throw new KeyNotFoundException($"there is no {real}");

        private void Set(MomentName? name, Node node)
        {
            if (name is { } real) _changed[real] = node;
            else _metaroot = node;
        }
    }
}
