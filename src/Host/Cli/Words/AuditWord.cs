using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>audit: what happened in all domains.</summary>
internal static class AuditWord
{
    private static readonly string[] Filters = ["actor", "owner", "type", "domain", "checkpoint", "source", "correlation", "from", "to", "outcome"];

    public static Word Word { get; } = new(
        "audit",
        Group.Audit,
        "what happened in all domains, who did it, when and why",
        "Prints a record for each event of all domains, and for each command that was refused and each reading of these records, in the order of their sequence.",
        [
            new("actor", Takes.Text, "only what this one did", NamedOnly: true),
            new("owner", Takes.Text, "only checkpoints that this tool or person answered for then", NamedOnly: true),
            new("type", Takes.Text, "only events of this type; * and ? are wildcards", NamedOnly: true),
            new("domain", Takes.Text, "only this domain, also one that is no longer registered", Names.Domain, NamedOnly: true),
            new("checkpoint", Takes.Text, "only checkpoints of this name; * and ? are wildcards", NamedOnly: true),
            new("source", Takes.Text, "only what came through cli, api, sync or import", NamedOnly: true),
            new("correlation", Takes.Text, "only what belongs to this trace", NamedOnly: true),
            new("from", Takes.Text, "recorded at this time or later, such as 2026-03-06T12:00:00Z or 2026-03-06", NamedOnly: true),
            new("to", Takes.Text, "recorded before this time", NamedOnly: true),
            new("outcome", Takes.Text, "only what ended in success, was refused, or was denied to the caller", NamedOnly: true),
            new("after", Takes.Text, "only what comes after this sequence", NamedOnly: true),
            new("export", Takes.Text, "everything as jsonl or csv, with a claim of completeness at its end", NamedOnly: true),
            RecordTable.Reverse,
            RecordTable.Limit,
            RecordTable.Json,
        ],
        Run)
    {
        Notes =
        [
            "The last sequence printed is what --after takes to go on from there: no event is ever passed over, however late it commits.",
            "With --reverse, --after goes on backwards. An export's last record says how many there are, and the first and the last sequence.",
            "In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe.",
        ],
        Examples = ["audit --outcome denied --from 2026-03-06", "audit --type '*_deleted' --from 2026-03-06", "audit --actor backup --domain vm1 --reverse --limit 20", "audit --export csv > audit.csv"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        var query = new List<string>();
        if (!call.Text("after", out var after)) return false;
        foreach (var filter in Filters)
        {
            if (!call.Text(filter, out var value)) return false;
            if (value is not null) query.Add($"{filter}={Uri.EscapeDataString(value)}");
        }

        if (!call.Text("export", out var format)) return false;
        var path = $"v1/audit?{string.Join('&', query)}";
        if (format is null) return await RecordTable.Print(call, path, "after", after, acrossDomains: true);
        if (format is not ("jsonl" or "csv")) return call.Fail($"invalid argument: --export is '{format}', and has to be jsonl or csv");
        foreach (var option in (string[])["reverse", "limit", "json", "after"])
        {
            if (call.Has(option)) return call.Fail($"Options --export and --{option} are mutually exclusive");
        }

        call.IsDocument = true;
        return call.Got(await call.Api.Copy(path, format == "csv" ? "text/csv" : "application/jsonl", call.Out), out _);
    }
}
