using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>A checkpoint as a list shows it.</summary>
/// <param name="Children">How many checkpoints have it as their parent.</param>
/// <param name="Owner">The tool or person that answers for it; null where nobody was said to.</param>
/// <param name="Lost">Whether the libvirt host has lost it.</param>
/// <param name="Invalid">Its disks for which it cannot be relied on, each with the reason, such as "vda resized".</param>
public sealed record CheckpointItem(
    MomentName Name, MomentName? Parent, CreationTime CreationTime, string? Description, bool Current, int Children, Owner? Owner, bool Lost, IReadOnlyList<string> Invalid);

/// <summary>Which checkpoints of a domain (virDomainListAllCheckpoints, virDomainCheckpointListAllChildren).</summary>
/// <param name="From">Only those below this one: its children, or all of them with <paramref name="Descendants"/>.</param>
/// <param name="Leaves">Only those without children. With <paramref name="NoLeaves"/> too, none at all, as in libvirt.</param>
/// <param name="Topological">Parents first, newest linked sibling first; else as virsh sorts.</param>
/// <param name="Owner">Only those of this owner.</param>
/// <param name="Lost">Only those that the host has lost.</param>
/// <param name="Invalid">Only those that cannot be relied on for a disk.</param>
public sealed record CheckpointFilter(
    bool Roots = false, MomentName? From = null, bool Descendants = false, bool Leaves = false, bool NoLeaves = false, bool Topological = false,
    Owner? Owner = null, bool Lost = false, bool Invalid = false);

/// <summary>The checkpoints of a domain. Later pages are of the same version as the first, whatever happens in between.</summary>
/// <param name="At">The version that it is of; null for now. A cursor's own goes before it.</param>
public sealed record ListCheckpoints(DomainId Domain, CheckpointFilter Filter, Paging Paging, long? At = null) : IRequest<Result<CheckpointPage>>;

/// <summary>A page, and the domain's version that it is of.</summary>
public sealed record CheckpointPage(Page<CheckpointItem> Page, long Version);

public sealed class Checkpoints(Forests forests) : IRequestHandler<ListCheckpoints, Result<CheckpointPage>>
{
    public async Task<Result<CheckpointPage>> Handle(ListCheckpoints request, CancellationToken cancellationToken)
    {
        var position = Position.Start;
        if (request.Paging.Cursor is { } cursor && !Position.TryParse(cursor, out position)) return Paging.BadCursor(cursor);
        var state = position.Version is { } version
            ? await forests.StateAtAsync(request.Domain, version, cancellationToken)
            : await forests.StateAsync(request.Domain, request.At, cancellationToken);
        if (state is null) return Paging.BadCursor(request.Paging.Cursor!);
        var forest = state.Forest;
        if (request.Filter.From is { } from && !forest.Contains(from))
            return new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{from}'");
        var all = Marked(state, Select(forest, request.Filter), request.Filter);
        if (!request.Filter.Topological) all = all.OrderBy(checkpoint => checkpoint.Name, VirshOrder.Instance);
        var items = all.Skip(position.Offset).Take(request.Paging.Limit + 1).ToArray();
        var page = items.Take(request.Paging.Limit).Select(checkpoint => (checkpoint, Marks: state.MarksOf(checkpoint.Name))).Select(item => new CheckpointItem(
            item.checkpoint.Name, item.checkpoint.Parent, item.checkpoint.CreationTime, item.checkpoint.Description,
            item.checkpoint.Name == state.Current, forest.ChildCount(item.checkpoint.Name),
            item.Marks.Owner, item.Marks.Lost is not null, [.. item.Marks.Faults.Keys.Select(key => Projections.Marks.Fault(key.Disk, key.Fault))])).ToArray();
        var next = items.Length > page.Length ? new Position(state.Version, position.Offset + page.Length).ToString() : null;
        return new CheckpointPage(new Page<CheckpointItem>(page, next), state.Version);
    }

    private static IEnumerable<Checkpoint> Marked(DomainState state, IEnumerable<Checkpoint> all, CheckpointFilter filter)
    {
        if (filter.Owner is { } owner) all = all.Where(checkpoint => state.MarksOf(checkpoint.Name).Owner == owner);
        if (filter.Lost) all = all.Where(checkpoint => state.MarksOf(checkpoint.Name).Lost is not null);
        if (filter.Invalid) all = all.Where(checkpoint => !state.MarksOf(checkpoint.Name).Faults.IsEmpty);
        return all;
    }

    private static IEnumerable<Checkpoint> Select(Forest<Checkpoint> forest, CheckpointFilter filter)
    {
        var all = filter switch
        {
            { From: { } from, Descendants: false } => forest.ChildrenOf(from),
            { From: { } from } => forest.Descendants(from),
            { Roots: true } => forest.ChildrenOf(null),
            { Topological: true } => forest.Descendants(null),
            _ => filter.Leaves ? forest.Leaves : forest.All,
        };
        if (filter.Leaves) all = all.Where(checkpoint => forest.IsLeaf(checkpoint.Name));
        if (filter.NoLeaves) all = all.Where(checkpoint => !forest.IsLeaf(checkpoint.Name));
        return all;
    }

    /// <summary>Where a page begins: the version it is of, null for the first, and how many come before it.</summary>
    private sealed record Position(long? Version, int Offset)
    {
        public static Position Start { get; } = new(null, 0);

        public static bool TryParse(string cursor, out Position position)
        {
            var parts = cursor.Split('.');
            var version = 0L;
            var offset = 0;
            var fine = parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out version)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out offset);
            position = new Position(version, offset);
            return fine;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}.{Offset}");
    }
}
