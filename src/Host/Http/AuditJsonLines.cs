using System.Text.Json;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>An export as JSON Lines: a record a line, as pages have them, and {"complete":…} as the last one.</summary>
internal static class AuditJsonLines
{
    public const string MediaType = "application/jsonl";

    public static async Task WriteAsync(TextWriter output, AuditExport export, CancellationToken cancellation)
    {
        var complete = Completeness.Nothing(export.Through);
        await foreach (var record in export.Records.WithCancellation(cancellation))
        {
            await output.WriteAsync(JsonSerializer.Serialize(record, Wire.Options) + "\n");
            complete = complete.And(record);
        }

        await output.WriteAsync(JsonSerializer.Serialize(new { complete }, Wire.Options) + "\n");
    }
}
