using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>list (cmdList): the registered domains.</summary>
internal static class ListDomains
{
    private static readonly string[] OfTheHost =
    [
        "inactive", "transient", "with-snapshot", "without-snapshot", "state-running", "state-paused", "state-shutoff", "state-other",
        "autostart", "no-autostart", "with-managed-save", "without-managed-save", "managed-save", "title",
    ];

    public static Word Word { get; } = new(
        "list",
        Group.Domains,
        "list domains",
        "Returns list of domains.",
        [
            new("inactive", Takes.Nothing, "list inactive domains"),
            new("all", Takes.Nothing, "list inactive & active domains"),
            new("transient", Takes.Nothing, "list transient domains"),
            new("persistent", Takes.Nothing, "list persistent domains"),
            new("with-snapshot", Takes.Nothing, "list domains with existing snapshot"),
            new("without-snapshot", Takes.Nothing, "list domains without a snapshot"),
            new("with-checkpoint", Takes.Nothing, "list domains with existing checkpoint"),
            new("without-checkpoint", Takes.Nothing, "list domains without a checkpoint"),
            new("state-running", Takes.Nothing, "list domains in running state"),
            new("state-paused", Takes.Nothing, "list domains in paused state"),
            new("state-shutoff", Takes.Nothing, "list domains in shutoff state"),
            new("state-other", Takes.Nothing, "list domains in other states"),
            new("autostart", Takes.Nothing, "list domains with autostart enabled"),
            new("no-autostart", Takes.Nothing, "list domains with autostart disabled"),
            new("with-managed-save", Takes.Nothing, "list domains with managed save state"),
            new("without-managed-save", Takes.Nothing, "list domains without managed save"),
            new("uuid", Takes.Nothing, "list uuid's only"),
            new("name", Takes.Nothing, "list domain names only"),
            new("id", Takes.Nothing, "list domain IDs only"),
            new("table", Takes.Nothing, "list table (default)"),
            new("managed-save", Takes.Nothing, "mark inactive domains with managed save state"),
            new("title", Takes.Nothing, "show domain title"),
            .. WordOption.AsOfTime,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "A registry knows of no domain whether it runs: all are listed, in the order they were registered, with Id '-' and State 'no state'. --all and --persistent hold of all.",
            "The options that ask for run state, snapshots, managed save, autostart or titles are refused.",
        ],
        Examples = ["list --with-checkpoint --name", "list --at 2026-11-20T12:00:00Z", "list --json"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        foreach (var column in (string[])["name", "uuid", "id"])
        {
            if (call.Has("table") && call.Has(column)) return call.Fail($"Options --table and --{column} are mutually exclusive");
        }

        if (OfTheHost.FirstOrDefault(call.Has) is { } option)
            return call.Fail($"Operation not supported: --{option} is about the state of a host, and the registry knows names, uuids and checkpoints only");

        var (with, without) = (call.Has("with-checkpoint"), call.Has("without-checkpoint"));
        var path = call.Ask("v1/domains", null, with == without ? "" : $"with-checkpoints={(with ? "true" : "false")}");
        if (!call.Got(await call.Api.GetAll<DomainSummary>(path), out var domains)) return false;
        if (call.WantsJson) return call.PrintAsJson(new Page<DomainSummary>(domains, null));
        if (!call.Has("uuid") && !call.Has("name") && !call.Has("id"))
        {
            Table.Print(call.Out, ["Id", "Name", "State"], [.. domains.Select(domain => (string[])["-", domain.Name.Value, "no state"])], call.Session.Quiet);
            return true;
        }

        foreach (var domain in domains) call.Out.Write(string.Join(' ', Columns(call, domain)) + "\n");
        return true;
    }

    private static IEnumerable<string> Columns(Invocation call, DomainSummary domain)
    {
        if (call.Has("uuid")) yield return domain.Id.ToString();
        if (call.Has("id")) yield return "-";
        if (call.Has("name")) yield return domain.Name.Value;
    }
}
