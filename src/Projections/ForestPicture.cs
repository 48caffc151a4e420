using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>A domain's forest as a picture shows it, in windows of bounded size.</summary>
/// <param name="At">The version that it is of; null for now.</param>
/// <param name="Unfold">Moments whose run is shown whole.</param>
/// <param name="First">The first line of the window; ignored where <paramref name="Find"/> is in the forest.</param>
/// <param name="Find">A checkpoint that the window has to show.</param>
public sealed record GetForestPicture(DomainId Domain, long? At, IReadOnlySet<MomentName> Unfold, int First, MomentName? Find = null) : IRequest<ForestPicture>;

/// <param name="Lines">The window's lines; their parents' numbers are of the whole picture.</param>
/// <param name="First">The number of the first of them.</param>
/// <param name="Count">How many lines the whole picture has.</param>
/// <param name="Lanes">How many lanes the window takes.</param>
public sealed record ForestPicture(IReadOnlyList<ForestLine> Lines, int First, int Count, int Lanes, int Checkpoints, MomentName? Current, long Version);

/// <summary>A line of the picture.</summary>
/// <param name="ParentLane">The lane of its parent, which may be on a line outside of the window; null for a root.</param>
/// <param name="Holds">The legal holds on the checkpoint itself; those on the whole domain are not repeated on every line.</param>
/// <param name="Marks">Whose it is, and what was seen of it on a host.</param>
public sealed record ForestLine(ForestRow<Checkpoint> Row, int? ParentLane, bool Current, bool Root, bool Leaf, IReadOnlyList<HoldId> Holds, CheckpointMarks Marks);

public sealed class ForestPictures(Forests forests) : IRequestHandler<GetForestPicture, ForestPicture>
{
    /// <summary>Lines of a window: some screens, and little for a browser.</summary>
    public const int Window = 400;

    public async Task<ForestPicture> Handle(GetForestPicture request, CancellationToken cancellationToken)
    {
        var state = await forests.StateAsync(request.Domain, request.At, cancellationToken);
        var held = state.Holds.Where(hold => hold.Value is not null).ToLookup(hold => hold.Value!.Value, hold => hold.Key);
        var unfold = request.Find is { } wanted ? request.Unfold.Append(wanted).ToHashSet() : request.Unfold;
        var rows = ForestRows.Of(state.Forest, checkpoint => checkpoint.Name == state.Current || held.Contains(checkpoint.Name) || state.MarksOf(checkpoint.Name) is not { Lost: null, Faults.IsEmpty: true }, unfold);
        var found = request.Find is { } name ? rows.Index().FirstOrDefault(row => row.Item.Moment.Name == name, (-1, null!)).Index : -1;
        var first = found >= 0 ? found / Window * Window : Math.Clamp(request.First, 0, Math.Max(0, rows.Count - 1));
        ForestLine[] lines =
        [
            .. rows.Skip(first).Take(Window).Select(row => new ForestLine(
                row, row.ParentRow is { } parent ? rows[parent].Lane : null, row.Moment.Name == state.Current, row.Moment.Parent is null, state.Forest.IsLeaf(row.Moment.Name), [.. held[row.Moment.Name]], state.MarksOf(row.Moment.Name))),
        ];
        return new ForestPicture(lines, first, rows.Count, lines.Length == 0 ? 0 : lines.Max(line => line.Row.Lane) + 1, state.Forest.Count, state.Current, state.Version);
    }
}
