using EventCheckpoints.Domain;
using EventCheckpoints.Host.Sources;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/sources: the libvirt hosts that the servers of this database learn from by themselves.</summary>
internal static class SourcesApi
{
    public static void MapSources(this IEndpointRouteBuilder api)
    {
        api.MapGet("/sources", async (SourceRows rows, HttpContext context) => Results.Ok(new SourceList(await rows.AllAsync(context.RequestAborted))))
            .RequireAuthorization(Access.Reader).Produces<SourceList>();
        api.MapPost("/sources/{name}/sync", Sync).RequireAuthorization(Access.Writer).Produces(202);
        api.MapGet("/sources/{name}/drift", Drift).RequireAuthorization(Access.Reader).Produces<DriftAnswer>();
    }

    private static async Task<IResult> Sync(SourceRows rows, HttpContext context, string name) =>
        await rows.WantAsync(name, context.RequestAborted) ? Results.Accepted() : NotFound(name).Problem();

    /// <summary>Compared now, on the host that is asked: it has to have the source among its own.</summary>
    private static async Task<IResult> Drift(SourceOptions sources, OwnWords words, HttpContext context, string name, bool? bitmaps)
    {
        var found = await CompareAsync(sources, words, name, bitmaps, context.RequestAborted);
        return found.Refusal is { } refusal ? refusal.Problem() : Results.Ok(found.Value);
    }

    /// <summary>What the word drift says of a source.</summary>
    internal static async Task<Result<DriftAnswer>> CompareAsync(SourceOptions sources, OwnWords words, string name, bool? bitmaps, CancellationToken cancellation)
    {
        if (sources.All.FirstOrDefault(one => one.Name == name) is not { } source) return NotFound(name);
        string[] command = ["drift", source.Uri, "--json", .. bitmaps ?? source.Bitmaps ? ["--bitmaps"] : Array.Empty<string>()];
        return await words.AskInTurnAsync<DriftAnswer>(command, TimeSpan.FromSeconds(source.Timeout), cancellation);
    }

    internal static Refusal NotFound(string name) => new(Rule.SourceNotFound, $"no source '{name}' here: serve --sources FILE names them");
}
