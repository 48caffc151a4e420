using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/domains/{domain}/history: what happened to a domain or to one of its checkpoints, also after the domain was undefined.</summary>
internal static class HistoryApi
{
    public static void MapHistory(this IEndpointRouteBuilder api) =>
        api.MapGet("/domains/{domain}/history", List).RequireAuthorization(Access.Reader).Produces<Page<HistoryRecord>>();

    private static async Task<IResult> List(IMediator mediator, HttpContext context, string domain, string? checkpoint, string? order, int? limit, string? cursor)
    {
        var paging = Paging.Of(limit, cursor);
        if (paging.Refusal is { } bad) return bad.Problem();
        if (Order(order, out var newestFirst) is { } odd) return odd.Problem();
        var found = await mediator.Send(new FindKnownDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        MomentName? name = null;
        if (checkpoint is not null)
        {
            if (!MomentName.TryParse(checkpoint, out var parsed)) return Never(checkpoint).Problem();
            name = parsed;
        }

        var page = await mediator.Send(new ListHistory(found.Value.Id, name, newestFirst, paging.Value), context.RequestAborted);
        if (page.Refusal is { } no) return no.Problem();
        // An empty first page: there never was such a checkpoint.
        if (name is not null && cursor is null && page.Value.Items.Count == 0) return Never(checkpoint!).Problem();
        await context.RecordReadAsync(found.Value.Id);
        return Results.Ok(page.Value);
    }

    /// <summary>The parameter that history and audit have in common.</summary>
    internal static Refusal? Order(string? order, out bool newestFirst)
    {
        newestFirst = order == "newest";
        return order is null or "oldest" or "newest" ? null : new Refusal(Rule.RequestInvalid, $"order is '{order}', and has to be oldest or newest");
    }

    private static Refusal Never(string name) => new(Rule.CheckpointNotFound, $"no domain checkpoint ever had the name '{name}'");
}
