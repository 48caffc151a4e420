using System.Text.Json;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>
/// An export as JSON Lines: {"begins":…} where it goes on from a size of the log, {"missing":…} for each entry of the log whose event is gone, a record a line with its evidence, and {"complete":…} as the last one.
/// </summary>
internal static class AuditJsonLines
{
    public const string MediaType = "application/jsonl";

    public static async Task WriteAsync(TextWriter output, ClaimedExport export, CancellationToken cancellation)
    {
        var complete = export.Claim;
        if (export.Begins is { } begins) await output.WriteAsync(JsonSerializer.Serialize(new { begins }, Wire.Options) + "\n");
        foreach (var missing in export.Missing) await output.WriteAsync(JsonSerializer.Serialize(new { missing }, Wire.Options) + "\n");
        await foreach (var record in export.Records.Records.WithCancellation(cancellation))
        {
            await output.WriteAsync(JsonSerializer.Serialize(record, Wire.Options) + "\n");
            complete = complete.And(record);
        }

        await output.WriteAsync(JsonSerializer.Serialize(new { complete }, Wire.Options) + "\n");
    }
}
