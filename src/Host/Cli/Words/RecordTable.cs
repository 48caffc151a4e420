using System.Globalization;
using System.Text.Json.Nodes;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>Records of history and audit, page after page: as a table for people, or each as a line of JSON.</summary>
internal static class RecordTable
{
    private const int PageSize = 1_000;

    public static WordOption Reverse { get; } = new("reverse", Takes.Nothing, "newest first", NamedOnly: true);

    public static WordOption Limit { get; } = new("limit", Takes.Text, "this many records and no more", NamedOnly: true);

    public static WordOption Json { get; } = new("json", Takes.Nothing, "one line of JSON for each record", NamedOnly: true);

    /// <summary>Prints what a path of the API lists.</summary>
    /// <param name="path">With its query, which may be empty.</param>
    /// <param name="cursor">The name of the parameter that a page's next goes into.</param>
    /// <param name="next">Where to begin; null for the beginning.</param>
    public static async Task<bool> Print(Invocation call, string path, string cursor, string? next, bool acrossDomains)
    {
        if (!call.Text("limit", out var given)) return false;
        var left = long.MaxValue;
        if (given is not null && (!long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out left) || left == 0))
            return call.Fail($"Numeric value '{given}' for <limit> option is malformed or out of range");
        call.IsDocument = call.WantsJson;
        var begun = false;
        do
        {
            var query = $"{path}&order={(call.Has("reverse") ? "newest" : "oldest")}&limit={Math.Min(left, PageSize)}{(next is null ? "" : $"&{cursor}={Uri.EscapeDataString(next)}")}";
            if (!call.Got(await call.Api.Get<Page<HistoryRecord>>(query), out var page)) return false;
            foreach (var record in call.WantsJson ? page.Items : []) call.PrintAsJson(record);
            // Each page is a table of its own, so that memory does not grow with the history; only the first has a header.
            if (!call.WantsJson && (page.Items.Count > 0 || !begun))
                Table.Print(call.Out, Header(acrossDomains), [.. page.Items.Select(record => Row(record, acrossDomains, call.Session.Zone))], begun || call.Session.Quiet);
            (left, next, begun) = (left - page.Items.Count, page.Next, true);
        }
        while (next is not null && left > 0);
        return true;
    }

    private static string[] Header(bool acrossDomains) =>
        [acrossDomains ? "Sequence" : "Version", "Recorded", .. acrossDomains ? (string[])["Domain"] : [], "Event", "Checkpoint", "Actor", "Source", "Changes", "Reason"];

    private static string[] Row(HistoryRecord record, bool acrossDomains, TimeZoneInfo zone) =>
    [
        acrossDomains ? record.Sequence.TrimStart('0') : record.Version.ToString(CultureInfo.InvariantCulture),
        CheckpointTable.Local(CreationTime.Of(record.Recorded), zone) ?? "",
        .. acrossDomains ? (string[])[record.DomainName?.Value ?? record.Domain?.ToString() ?? ""] : [],
        record.Type,
        record.Incarnation ?? record.Checkpoint?.Value ?? "",
        record.Actor ?? "",
        record.Source ?? "",
        record.Asked is { } asked ? string.Join(": ", ((string?[])[asked.Request, asked.Detail]).OfType<string>()) : string.Join("; ", record.Changes.Select(Change)),
        record.Reason ?? "",
    ];

    private static string Change(FieldChange change) => (change.Before, change.After) switch
    {
        (null, { } after) => $"{change.Field}={Text(after)}",
        ({ } before, null) => $"{change.Field} was {Text(before)}",
        var (before, after) => $"{change.Field} {Text(before)} → {Text(after)}",
    };

    private static string Text(JsonNode? value) => value switch
    {
        // A hash: its beginning is enough to see that it differs.
        JsonValue text when text.TryGetValue<string>(out var s) => s.Length == 64 ? s[..12] : s,
        JsonArray disks => string.Join(',', disks.Select(disk => (string?)disk?["mode"] == "no" ? $"{disk?["name"]}:no" : $"{disk?["name"]}:{disk?["bitmap"]}")),
        _ => value?.ToJsonString() ?? "none",
    };
}
