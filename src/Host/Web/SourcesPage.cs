using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Sources;
using EventCheckpoints.Host.Web.Components;

namespace EventCheckpoints.Host.Web;

/// <summary>/sources: the libvirt hosts that are learned from, what came of the last look at each, and where they differ.</summary>
internal static class SourcesPage
{
    public static Task<IResult> Show(SourceRows rows, SourceOptions here, HttpContext context) => PageAsync(rows, here, context, null, null);

    public static async Task<IResult> Sync(SourceRows rows, SourceOptions here, HttpContext context, string name)
    {
        if (await rows.WantAsync(name, context.RequestAborted)) return Results.LocalRedirect("/sources");
        var refusal = SourcesApi.NotFound(name);
        await context.RecordRefusalAsync(refusal);
        return await PageAsync(rows, here, context, refusal, null);
    }

    /// <summary>Compared now, which takes as long as the host does.</summary>
    public static async Task<IResult> Drift(SourceRows rows, SourceOptions here, OwnWords words, HttpContext context, string name)
    {
        var found = await SourcesApi.CompareAsync(here, words, name, null, context.RequestAborted);
        return await PageAsync(rows, here, context, found.Refusal, found.Refusal is null ? (name, found.Value) : null);
    }

    private static async Task<IResult> PageAsync(SourceRows rows, SourceOptions here, HttpContext context, Refusal? refusal, (string Name, DriftAnswer Answer)? drift) => new PageResult<SourcesBody>(
        drift is null ? "Hosts" : $"Hosts: where {drift.Value.Name} and the store disagree",
        new()
        {
            [nameof(SourcesBody.Sources)] = await rows.AllAsync(context.RequestAborted),
            [nameof(SourcesBody.Here)] = here.All.Select(source => source.Name).ToHashSet(),
            [nameof(SourcesBody.Viewer)] = Viewer.Of(context),
            [nameof(SourcesBody.Refusal)] = refusal,
            [nameof(SourcesBody.Drift)] = drift?.Answer,
        },
        refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status);
}
