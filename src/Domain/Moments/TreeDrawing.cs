using System.Text;

namespace EventCheckpoints.Domain.Moments;

/// <summary>The tree that virsh draws (tools/vsh.c, vshTreePrintInternal), trailing blanks and all.</summary>
public static class TreeDrawing
{
    /// <summary>
    /// Draws one tree for every entry without a parent, in the order given, siblings too. An entry whose parent is named but not listed is not
    /// drawn, as in virsh. No recursion, so that depth costs no stack; the time is linear in the entries and in what is written (which for a
    /// chain of n is about 4n² characters).
    /// </summary>
    public static void Draw(TextWriter output, IReadOnlyList<(string Name, string? Parent)> sorted)
    {
        var entries = Link(sorted);
        for (var i = 0; i < entries.Length; i++)
        {
            if (sorted[i].Parent is null) DrawOne(output, entries, i);
        }
    }

    private static void DrawOne(TextWriter output, Entry[] entries, int root)
    {
        var indent = new StringBuilder();
        var open = new Stack<Open>();
        Enter(root, isRoot: true);
        while (open.TryPop(out var at))
        {
            if (at.Next is { } child)
            {
                open.Push(at with { Next = entries[child].NextSibling });
                Enter(child, isRoot: false);
                continue;
            }

            // Below the children, virsh leaves a line that holds the indentation only behind a last sibling without children.
            indent.Length = at.Indent + at.Own;
            if (entries[at.Entry].FirstChild is null && entries[at.Entry].NextSibling is null) Line("");
            indent.Length = at.Indent;
        }

        void Enter(int entry, bool isRoot)
        {
            var (name, firstChild, nextSibling, _) = entries[entry];
            Line((isRoot ? "" : "+- ") + name);
            var outer = indent.Length;
            if (!isRoot) indent.Append(nextSibling is null ? "  " : "| ");
            var own = indent.Length - outer;
            if (firstChild is not null) Line("  |");
            indent.Append("  ");
            open.Push(new Open(entry, firstChild, outer, own));
        }

        void Line(string text)
        {
            output.Write(indent);
            output.Write(text);
            output.Write('\n');
        }
    }

    private static Entry[] Link(IReadOnlyList<(string Name, string? Parent)> sorted)
    {
        var index = new Dictionary<string, int>(sorted.Count, StringComparer.Ordinal);
        for (var i = 0; i < sorted.Count; i++) index[sorted[i].Name] = i;
        var entries = new Entry[sorted.Count];
        for (var i = 0; i < entries.Length; i++) entries[i] = new Entry(sorted[i].Name, null, null, null);
        for (var i = 0; i < entries.Length; i++)
        {
            if (sorted[i].Parent is not { } above || !index.TryGetValue(above, out var parent)) continue;
            if (entries[parent].LastChild is { } before) entries[before] = entries[before] with { NextSibling = i };
            else entries[parent] = entries[parent] with { FirstChild = i };
            entries[parent] = entries[parent] with { LastChild = i };
        }

        return entries;
    }

    private readonly record struct Entry(string Name, int? FirstChild, int? NextSibling, int? LastChild);

    /// <param name="Next">The child to draw next.</param>
    /// <param name="Indent">The indentation of the entry's own line.</param>
    /// <param name="Own">What the entry adds to it: 2 columns, none for a root.</param>
    private readonly record struct Open(int Entry, int? Next, int Indent, int Own);
}
