using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-list (cmdCheckpointList).</summary>
internal static class CheckpointList
{
    private static readonly (string, string)[] Exclusive =
        [("tree", "name"), ("parent", "roots"), ("parent", "tree"), ("roots", "tree"), ("roots", "from")];

    public static Word Word { get; } = new(
        "checkpoint-list",
        Group.Checkpoints,
        "List checkpoints for a domain",
        "Checkpoint List",
        [
            WordOption.Domain,
            new("parent", Takes.Nothing, "add a column showing parent checkpoint"),
            new("roots", Takes.Nothing, "list only checkpoints without parents"),
            new("leaves", Takes.Nothing, "list only checkpoints without children"),
            new("no-leaves", Takes.Nothing, "list only checkpoints that are not leaves (with children)"),
            new("tree", Takes.Nothing, "list checkpoints in a tree"),
            new("from", Takes.Text, "limit list to children of given checkpoint", Names.Checkpoint),
            new("descendants", Takes.Nothing, "with --from, list all descendants"),
            new("name", Takes.Nothing, "list checkpoint names only"),
            new("topological", Takes.Nothing, "sort list topologically rather than by name"),
            new("owner", Takes.Text, "list only checkpoints of this owner", NamedOnly: true),
            new("lost", Takes.Nothing, "list only checkpoints that the libvirt host has lost", NamedOnly: true),
            new("invalid", Takes.Nothing, "list only checkpoints that cannot be relied on for a disk", NamedOnly: true),
            new("state", Takes.Nothing, "add columns showing the owner, and what was seen on the libvirt host", NamedOnly: true),
            .. WordOption.AsOf,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "Three odd answers are virsh's own, and kept:",
            "  --leaves and --no-leaves together list nothing;",
            "  --tree --from NAME shows NAME and its children only, unless --descendants is given too;",
            "  the table leaves out checkpoints of creation time 0, and fails whole where one creation time is past the year 9999 (--name lists them all).",
            "Names are sorted as strcasecmp does; of names that differ in case only, virsh leaves the order to chance, here upper case comes first.",
            "--topological puts parents before children, and of siblings the one that was linked last first.",
        ],
        Examples = ["checkpoint-list vm1 --tree", "checkpoint-list vm1 --from monday --descendants --name", "checkpoint-list vm1 --leaves --json", "checkpoint-list vm1 --state --invalid", "checkpoint-list vm1 --tree --at 2026-11-20T12:00:00Z"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (Contradiction(call) is { } sentence) return call.Fail(sentence);
        if (!call.Domain(out var domain)) return false;
        var from = call.Has("from") ? await call.Checkpoint("from", domain) : null;
        if (from is null && call.Has("from")) return false;

        if (!call.Text("owner", out var owner)) return false;
        string[] flags = ["roots", "leaves", "no-leaves", "descendants", "topological", "lost", "invalid"];
        var path = call.Ask($"{domain}/checkpoints", flags, from is null ? "" : $"from={from}", owner is null ? "" : $"owner={Uri.EscapeDataString(owner)}");
        if (!call.Got(await call.Api.GetAll<CheckpointItem>(path), out var items)) return false;
        if (call.WantsJson) return call.PrintAsJson(new Page<CheckpointItem>(items, null));
        if (call.Has("tree")) return DrawTree(call, items, from);
        if (!call.Has("name")) return CheckpointTable.Print(call, items, call.Has("parent"), call.Has("state"));
        foreach (var item in items) call.Out.Write(item.Name.Value + "\n");
        return true;
    }

    private static string? Contradiction(Invocation call)
    {
        foreach (var (one, other) in Exclusive)
        {
            if (call.Has(one) && call.Has(other)) return $"Options --{one} and --{other} are mutually exclusive";
        }

        foreach (var filter in (string[])["leaves", "no-leaves"])
        {
            if (call.Has(filter) && call.Has("tree")) return $"--{filter} and --tree are mutually exclusive";
        }

        return call.Has("descendants") && !call.Has("from") ? "--descendants requires --from" : null;
    }

    private static bool DrawTree(Invocation call, IReadOnlyList<CheckpointItem> items, string? from)
    {
        var entries = items.Select(item => (Name: item.Name.Value, Parent: item.Parent?.Value)).ToList();
        // What the tree starts from is drawn too, as a root. It is a tree of its own, so that its place among the entries shows nowhere.
        if (from is not null) entries.Add((from, null));
        TreeDrawing.Draw(call.Out, entries);
        return true;
    }
}
