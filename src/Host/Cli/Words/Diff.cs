using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>diff: in what a domain differs between two points of its past.</summary>
internal static class Diff
{
    private const int Different = 1;

    public static Word Word { get; } = new(
        "diff",
        Group.Domains,
        "what changed in a domain between two points of its past",
        "Compare a domain with all its checkpoints as it was and as it was later, or is now.",
        [
            WordOption.Domain,
            new("from", Takes.Required, "a version (0 is before everything), a time such as 2026-11-20T12:00:00Z, or a checkpoint: when it was created"),
            new("to", Takes.Text, "as --from; without it, now"),
            new("occurred", Takes.Nothing, "times are when things happened as their sources say, not when they were recorded"),
            new("security-info", Takes.Nothing, "include security sensitive information in the XML compared"),
            WordOption.Json,
        ],
        Run)
    {
        Trouble = 2,
        Notes =
        [
            "The exit code is 0 where nothing differs, 1 where something does, 2 where it could not be told, as diff's.",
            "'+' is a checkpoint that came, '-' one that went, '~' one that changed, before -> after; '-' stands for none. The XML is compared line by line, as diff -u.",
            "It compares states: a checkpoint that was deleted and created again in between shows as changed, or in another order.",
        ],
        Examples = ["diff vm1 --from 17", "diff vm1 --from monday --to tuesday", "diff vm1 --from 2026-11-20T12:00:00Z --json"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || !call.Text("from", out var from) || !call.Text("to", out var to)) return false;
        var path = call.Ask($"{domain}/diff", ["security-info"], $"from={Uri.EscapeDataString(from!)}", to is null ? "" : $"to={Uri.EscapeDataString(to)}");
        if (!call.Got(await call.Api.Get<DiffView>(path), out var diff)) return false;
        if (!diff.Same) call.Success = Different;
        if (call.WantsJson) return call.PrintAsJson(diff);
        foreach (var line in diff.Differences.SelectMany(Lines)) call.Out.Write(line + "\n");
        foreach (var pair in diff.Definitions) call.Out.Write(Text(pair));
        return true;
    }

    private static IEnumerable<string> Lines(Difference difference) => difference switch
    {
        NameDiffers d => [$"domain name: {Shown(d.Before)} -> {Shown(d.After)}"],
        DefinitionDiffers d => [$"domain definition: {Shown(d.Before)} -> {Shown(d.After)}"],
        CheckpointMissingAfter d => [$"- {d.Checkpoint.Name} (parent {Shown(d.Checkpoint.Parent)})"],
        CheckpointMissingBefore d => [$"+ {d.Checkpoint.Name} (parent {Shown(d.Checkpoint.Parent)})"],
        ParentDiffers d => [$"~ {d.Name} parent: {Shown(d.Before)} -> {Shown(d.After)}"],
        ContentDiffers d => Fields(d),
        OrderDiffers d => [$"~ {Shown(d.Parent)} children: {string.Join(' ', d.After)}"],
        CurrentDiffers d => [$"current: {Shown(d.Before)} -> {Shown(d.After)}"],
        HoldMissingAfter d => [$"- hold {d.Hold} on {d.Checkpoint?.Value ?? "the domain"}"],
        HoldMissingBefore d => [$"+ hold {d.Hold} on {d.Checkpoint?.Value ?? "the domain"}"],
        _ => throw new InvalidOperationException($"difference of unknown kind {difference.GetType().Name}"),
    };

    private static IEnumerable<string> Fields(ContentDiffers d)
    {
        if (d.Description is { } text) yield return $"~ {d.Name} description: {Quoted(text.Before)} -> {Quoted(text.After)}";
        if (d.CreationTime is { } time) yield return $"~ {d.Name} creation time: {time.Before.Seconds} -> {time.After.Seconds}";
        if (d.Disks is { } disks) yield return $"~ {d.Name} disks: {Shown(disks.Before)} -> {Shown(disks.After)}";
        if (d.Definition is { } definition) yield return $"~ {d.Name} definition: {Shown(definition.Before)} -> {Shown(definition.After)}";
    }

    private static string Text(DefinitionLines pair) => pair.Unified switch
    {
        null => $"{Shown(pair.Before)} -> {Shown(pair.After)}: too long to compare line by line\n",
        "" => $"{Shown(pair.Before)} -> {Shown(pair.After)}: only secrets differ, which --security-info shows\n",
        var lines => lines.TrimEnd('\r', '\n') + "\n",
    };

    private static string Shown(DomainName? name) => name?.Value ?? "-";

    private static string Shown(MomentName? name) => name?.Value ?? "-";

    /// <summary>As its line diff names it.</summary>
    private static string Shown(DefinitionHash? hash) => hash?.Value[..12] ?? "-";

    private static string Shown(IReadOnlyList<CheckpointDisk> disks) =>
        disks.Count == 0 ? "-" : string.Join(',', disks.Select(disk => disk.Mode == DiskMode.No ? $"{disk.Name}=no" : $"{disk.Name}=bitmap:{disk.Bitmap}"));

    /// <summary>On one line, whatever is in it.</summary>
    private static string Quoted(string? text) => text is null ? "-" : System.Text.Json.JsonSerializer.Serialize(text, Wire.Options);
}
