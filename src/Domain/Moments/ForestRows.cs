namespace EventCheckpoints.Domain.Moments;

/// <summary>A line of a forest's picture: a moment, or a run of moments that is folded into one line.</summary>
/// <param name="Moment">The moment, or of a folded run the first of it.</param>
/// <param name="Folded">How many moments the line stands for; 0 for a moment that is shown.</param>
/// <param name="Lane">How far to the right, from 0: how many branches lead here from the root.</param>
/// <param name="ParentRow">The line that its parent is on; null for a root.</param>
public sealed record ForestRow<T>(T Moment, int Folded, int Lane, int? ParentRow);

/// <summary>
/// Where a picture of a forest puts its moments: one a line, parents above, every subtree on lines of its own. The last child goes on in the lane of its
/// parent and the others stand one lane to the right, so that no two lines ever cross and an unbranched chain is straight however long it is.
/// </summary>
public static class ForestRows
{
    /// <summary>A run is folded only where that saves more than it hides.</summary>
    private const int LongRun = 12;

    /// <summary>Of a long run, these many stay on either side of the fold.</summary>
    private const int Kept = 3;

    /// <param name="landmark">What is never folded away, such as what is current.</param>
    /// <param name="unfold">Any moment of a run that is shown whole.</param>
    public static IReadOnlyList<ForestRow<T>> Of<T>(Forest<T> forest, Func<T, bool> landmark, IReadOnlySet<MomentName> unfold)
        where T : class, IMoment
    {
        var rows = new List<ForestRow<T>>();
        var open = new Stack<(T Moment, int Lane, int? ParentRow)>();
        Push(null, 0, null);
        while (open.TryPop(out var next))
        {
            var (moment, lane, parent) = next;
            var run = Run(moment);
            if (run.Count <= LongRun || run.Any(one => unfold.Contains(one.Name)))
            {
                foreach (var one in run) parent = Add(one, 0);
            }
            else
            {
                foreach (var one in run.Take(Kept)) parent = Add(one, 0);
                parent = Add(run[Kept], run.Count - (2 * Kept));
                foreach (var one in run.Skip(run.Count - Kept)) parent = Add(one, 0);
            }

            Push(run[^1].Name, lane, parent);

            int Add(T one, int folded)
            {
                rows.Add(new ForestRow<T>(one, folded, lane, parent));
                return rows.Count - 1;
            }
        }

        return rows;

        // From a moment down to the next one that branches, ends or has to be seen; it is the last of its run.
        List<T> Run(T top)
        {
            var run = new List<T> { top };
            while (!landmark(run[^1]) && forest.ChildCount(run[^1].Name) == 1 && forest.FirstChild(run[^1].Name) is { } child && !landmark(child)) run.Add(child);
            return run;
        }

        // The newest is drawn first, so the oldest is pushed first; it is drawn last and stays in the lane. Roots have no line that they could go on.
        void Push(MomentName? parent, int lane, int? row)
        {
            var isOldest = true;
            foreach (var child in forest.ChildrenOf(parent).Reverse())
            {
                open.Push((child, parent is null || isOldest ? lane : lane + 1, row));
                isOldest = false;
            }
        }
    }
}
