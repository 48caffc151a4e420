using System.Text;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Domain.Tests;

/// <summary>
/// Domains drawn as text, so that a test reads as a picture: "A(C(D) B) F *D" is a root A with children C (newest) and B, C's child D, a root F
/// linked before A, and D current.
/// </summary>
internal static class Drawn
{
    public static readonly DomainId Id = new(Guid.Parse("11111111-2222-4333-8444-555555555555"));

    public static readonly Definition Live = Definition(Id, "one", "vda", "vdb");

    public static Definition Definition(DomainId? id, string name, params string[] disks)
    {
        var xml = $"<domain><name>{name}</name><uuid>{id}</uuid><!-- {string.Join(' ', disks)} --></domain>";
        return new Definition(xml, DefinitionHash.Of(xml), id, DomainName.Trusted(name), [.. disks.Select(disk => new DefinitionDisk(disk, "/" + disk, false, false, null))]);
    }

    public static MomentName Name(string text) => MomentName.TryParse(text, out var name) ? name : throw new ArgumentException($"not a name: {text}");

    public static DomainState Registered() => DomainState.Unknown(Id).After(new Define(Live, null).Decide(DomainState.Unknown(Id), null).Value.Events);

    /// <summary>A registered domain with this forest.</summary>
    public static DomainState State(string drawing)
    {
        var state = Registered();
        var linked = new List<(string Name, string? Parent)>();
        var path = new Stack<string?>([null]);
        string? current = null, last = null;
        foreach (var token in Tokens(drawing))
        {
            if (token == "(") path.Push(last);
            else if (token == ")") path.Pop();
            else if (token[0] == '*') current = token[1..];
            else linked.Add((last = token, path.Peek()));
        }

        // Newest first in the drawing, so the last drawn was linked first; parents must come before their children.
        var order = linked.Select((entry, index) => (entry, index)).OrderBy(e => Depth(linked, e.entry.Name)).ThenByDescending(e => e.index);
        var events = order.Select(e => (DomainEvent)Redefined(e.entry.Name, e.entry.Parent)).ToList();
        events.Add(new CurrentCheckpointChanged(current is null ? null : Name(current)));
        return state.After(events);
    }

    public static CheckpointRedefined Redefined(string name, string? parent, long time = 1) =>
        new(Name(name), null, parent is null ? null : Name(parent), new CreationTime(time), [], null);

    public static RedefineXml Item(string name, string? parent, long time = 1, string? description = null, Definition? definition = null) =>
        new(Name(name), description, parent is null ? null : Name(parent), new CreationTime(time), [], definition);

    /// <summary>The forest as it would be drawn.</summary>
    public static string Draw(DomainState state)
    {
        var text = new StringBuilder();
        Children(null);
        if (state.Current is { } current) text.Append(" *").Append(current);
        return text.ToString().Trim();

        void Children(MomentName? parent)
        {
            var first = true;
            foreach (var child in state.Forest.ChildrenOf(parent))
            {
                if (!first) text.Append(' ');
                first = false;
                text.Append(child.Name);
                if (state.Forest.IsLeaf(child.Name)) continue;
                text.Append('(');
                Children(child.Name);
                text.Append(')');
            }
        }
    }

    private static int Depth(List<(string Name, string? Parent)> linked, string name)
    {
        var depth = 0;
        for (var at = linked.Single(e => e.Name == name); at.Parent is { } parent; at = linked.Single(e => e.Name == parent)) depth++;
        return depth;
    }

    private static string[] Tokens(string drawing) =>
        drawing.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
