using System.Globalization;
using System.Text.Json;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>
/// An export as CSV (RFC 4180: a header, CRLF, as many cells in every row). The last row has "complete" where the others have "event", and the claim
/// as JSON under changes. What proves the records is in JSON Lines alone.
/// </summary>
internal static class AuditCsv
{
    public const string MediaType = "text/csv";

    private static readonly string[] Header =
    [
        "record", "sequence", "domain", "domainName", "version", "type", "checkpoint", "incarnation", "changes",
        "actor", "source", "reason", "correlation", "causation", "occurred", "recorded",
        "outcome", "request", "rule", "detail", "address", "authentication", "software", "logIndex",
    ];

    public static async Task WriteAsync(TextWriter output, ClaimedExport export, CancellationToken cancellation)
    {
        var complete = export.Claim;
        await output.WriteAsync(Row(Header));
        await foreach (var record in export.Records.Records.WithCancellation(cancellation))
        {
            await output.WriteAsync(Row(Cells(record)));
            complete = complete.And(record);
        }

        var last = new string?[Header.Length];
        (last[0], last[8]) = ("complete", Json(complete));
        await output.WriteAsync(Row(last));
    }

    private static string?[] Cells(HistoryRecord record) =>
    [
        "event", record.Sequence, record.Domain.ToString(), record.DomainName?.Value, record.Version.ToString(CultureInfo.InvariantCulture), record.Type,
        record.Checkpoint?.Value, record.Incarnation, Json(record.Changes),
        record.Actor, record.Source, record.Reason, record.Correlation, record.Causation, Time(record.Occurred), Time(record.Recorded),
        record.Outcome, record.Asked?.Request, record.Asked?.Rule, record.Asked?.Detail, record.Address, record.Authentication, record.Software, record.LogIndex?.ToString(CultureInfo.InvariantCulture),
    ];

    private static string Row(IEnumerable<string?> cells) => string.Join(',', cells.Select(cell => Quoted(Defused(cell ?? "")))) + "\r\n";

    /// <summary>
    /// A spreadsheet would run a cell that begins like a formula; behind an apostrophe it is text. One that begins with an apostrophe gets a second, so
    /// that taking the first one off gives every cell back as it was.
    /// </summary>
    internal static string Defused(string cell) =>
        cell.Length > 0 && cell[0] is ('=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' or '\'') ? "'" + cell : cell;

    internal static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny("\",\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static string? Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Options);
}
