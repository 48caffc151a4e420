using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Http;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>redefine-list: many checkpoints in one step, what libvirt's authors proposed in 2019 and never shipped.</summary>
internal static class RedefineList
{
    public static Word Word { get; } = new(
        "redefine-list",
        Group.Checkpoints,
        "redefine many checkpoints at once, all or none",
        "Put the checkpoints of the files (back) into a domain, in any order, in one transaction.",
        [
            WordOption.Domain,
            new("dry-run", Takes.Nothing, "tell what would happen, and change nothing"),
            new("merge", Takes.Nothing, "add to the checkpoints that are there; without it there must be none"),
            WordOption.Owner,
            WordOption.Reason,
            WordOption.IfVersion,
            WordOption.Json,
            new("file", Takes.RequiredRest, "a <domaincheckpoint>, a <checkpoints>, or a <domain> that holds one", Names.File),
        ],
        Run)
    {
        Notes =
        [
            "Parents may come after their children, and may be in another file. An item that is there already, word for word, is left alone.",
            "Where anything is wrong, nothing is changed, and every bad item is named, not only the first.",
            "A domain that is not registered is registered from the <domain> around its list.",
        ],
        Examples = ["redefine-list vm1 vm1-checkpoints.xml --dry-run", "redefine-list vm1 monday.xml tuesday.xml --merge"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || !call.Text("owner", out var owner)) return false;
        using var body = new MultipartFormDataContent();
        using var progress = Progress.OnTerminal(call);
        foreach (var file in call.Rest("file"))
        {
            if (Open(call, file) is not { } stream) return false;
            progress?.Expect(stream.Length);
            body.Add(new StreamContent(progress is null ? stream : new CountedStream(stream, progress)), "file", Path.GetFileName(file));
        }

        var query = $"mode={(call.Has("merge") ? "merge" : "empty")}{(call.Has("dry-run") ? "&dry-run=true" : "")}{(owner is null ? "" : $"&owner={Uri.EscapeDataString(owner)}")}";
        var reply = await call.Api.Send<ListApplied>(HttpMethod.Post, $"{domain}/bulk?{query}", call.Change, body);
        progress?.Dispose();
        return reply.Problem is { } problem ? Refuse(call, problem) : Report(call, reply.Value!);
    }

    private static bool Refuse(Invocation call, Problem problem)
    {
        call.Fail(problem);
        foreach (var item in problem.Items ?? []) call.Errors.Write($"error: item {item.Index + 1}{(item.Name is null ? "" : $" '{item.Name}'")}: {item.Detail}\n");
        return false;
    }

    private static bool Report(Invocation call, ListApplied applied)
    {
        if (call.WantsJson) return call.PrintAsJson(applied);
        var would = applied.DryRun ? "would be " : "";
        call.Say($"{applied.Created.Count} {would}created, {applied.Redefined.Count} {would}redefined, {applied.Unchanged.Count} unchanged; current: {applied.Current?.Value ?? "-"}\n");
        return true;
    }

    private static FileStream? Open(Invocation call, string file)
    {
        var place = call.Locate(file);
        try
        {
            return new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 81920, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            call.Fail(Directory.Exists(place) ? $"Failed to read file '{file}': Is a directory" : $"Failed to open file '{file}': {XmlFile.Reason(e)}");
            return null;
        }
    }
}
