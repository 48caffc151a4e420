using System.Globalization;
using System.Text.Json.Nodes;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>An event in a line for people, in the form of virsh's own "event --timestamp".</summary>
internal static class EventLine
{
    private const string Prefix = "io.eventcheckpoints.";

    /// <param name="happened">A CloudEvent.</param>
    public static string Of(JsonNode happened, TimeZoneInfo zone)
    {
        var data = happened["data"]!;
        var type = (string)happened["type"]!;
        var name = type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..type.LastIndexOf('.')] : type;
        var recorded = DateTimeOffset.Parse((string)happened["recordedtime"]!, CultureInfo.InvariantCulture);
        var what = (string?)data["event"]?["hold"] is { } hold ? $"{hold} on {(string?)data["event"]!["name"] ?? "the domain"}" : (string?)data["event"]?["name"];
        var domain = (string?)data["domain"]!["name"] ?? (string?)data["domain"]!["id"];
        return $"{CheckpointTable.Local(CreationTime.Of(recorded), zone)}: event '{name}' for domain '{domain}'{Part(": ", what)}{Part(" by ", (string?)data["actor"])}{Part(": ", (string?)data["reason"])}";
    }

    private static string Part(string before, string? text) => text is null ? "" : before + text;
}
