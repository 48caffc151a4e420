using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>A checkpoint as a list shows it.</summary>
/// <param name="Children">How many checkpoints have it as their parent.</param>
public sealed record CheckpointItem(MomentName Name, MomentName? Parent, CreationTime CreationTime, string? Description, bool Current, int Children);

/// <summary>Which checkpoints of a domain (virDomainListAllCheckpoints, virDomainCheckpointListAllChildren).</summary>
/// <param name="From">Only those below this one: its children, or all of them with <paramref name="Descendants"/>.</param>
/// <param name="Leaves">Only those without children. With <paramref name="NoLeaves"/> too, none at all, as in libvirt.</param>
/// <param name="Topological">Parents first, newest linked sibling first; else as virsh sorts.</param>
public sealed record CheckpointFilter(
    bool Roots = false, MomentName? From = null, bool Descendants = false, bool Leaves = false, bool NoLeaves = false, bool Topological = false);

/// <summary>The checkpoints of a domain. Later pages are of the same version as the first, whatever happens in between.</summary>
public sealed record ListCheckpoints(DomainId Domain, CheckpointFilter Filter, Paging Paging) : IRequest<Result<Page<CheckpointItem>>>;

public sealed class Checkpoints(Forests forests) : IRequestHandler<ListCheckpoints, Result<Page<CheckpointItem>>>
{
    public async Task<Result<Page<CheckpointItem>>> Handle(ListCheckpoints request, CancellationToken cancellationToken)
    {
        Position at;
        Forest<Checkpoint> forest;
        if (request.Paging.Cursor is { } cursor)
        {
            if (Position.Of(cursor) is not { } given) return Paging.BadCursor(cursor);
            at = given;
            forest = await forests.AtAsync(request.Domain, at.Version, cancellationToken);
        }
        else
        {
            var now = await forests.NowAsync(request.Domain, cancellationToken);
            at = new Position(now.Version, 0, now.Current?.Value);
            forest = now.Forest;
        }

        if (request.Filter.From is { } from && !forest.Contains(from))
            return new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{from}'");
        var all = Select(forest, request.Filter);
        if (!request.Filter.Topological) all = all.OrderBy(checkpoint => checkpoint.Name, VirshOrder.Instance);
        var items = all.Skip(at.Offset).Take(request.Paging.Limit + 1).ToArray();
        var page = items.Take(request.Paging.Limit).Select(checkpoint => new CheckpointItem(
            checkpoint.Name, checkpoint.Parent, checkpoint.CreationTime, checkpoint.Description,
            checkpoint.Name.Value == at.Current, forest.ChildCount(checkpoint.Name))).ToArray();
        var next = items.Length > page.Length ? (at with { Offset = at.Offset + page.Length }).ToString() : null;
        return new Page<CheckpointItem>(page, next);
    }

    private static IEnumerable<Checkpoint> Select(Forest<Checkpoint> forest, CheckpointFilter filter)
    {
        var all = filter switch
        {
            { From: { } from, Descendants: false } => forest.ChildrenOf(from),
            { From: { } from } => forest.Descendants(from),
            { Roots: true } => forest.ChildrenOf(null),
            _ => filter.Topological ? forest.Descendants(null) : forest.All,
        };
        if (filter.Leaves) all = all.Where(checkpoint => forest.IsLeaf(checkpoint.Name));
        if (filter.NoLeaves) all = all.Where(checkpoint => !forest.IsLeaf(checkpoint.Name));
        return all;
    }

    /// <summary>Where a page begins: the version it is of, how many come before it, and what was current then.</summary>
    private sealed record Position(long Version, int Offset, string? Current)
    {
        public static Position? Of(string cursor)
        {
            var parts = cursor.Split('.', 3);
            return parts.Length == 3
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                ? new Position(version, offset, parts[2].Length == 0 ? null : parts[2])
                : null;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}.{Offset}.{Current}");
    }
}
