using System.Security.Cryptography;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/domains/{domain}/holds: legal holds, which keep checkpoints as they are and their domain registered.</summary>
internal static class HoldsApi
{
    public static void MapHolds(this IEndpointRouteBuilder api)
    {
        var of = api.MapGroup("/domains/{domain}/holds");
        of.MapGet("", List).RequireAuthorization(Access.Reader).Produces<Page<HoldItem>>();
        of.MapPost("", Place).RequireAuthorization(Access.Writer).Produces<Applied>().Produces<Applied>(201);
        of.MapDelete("/{id}", Release).RequireAuthorization(Access.Writer).Produces<Applied>();
    }

    private static async Task<IResult> List(IMediator mediator, HttpContext context, string domain, int? limit, string? cursor, [AsParameters] AsOfQuery when)
    {
        var paging = Paging.Of(limit, cursor);
        if (paging.Refusal is { } bad) return bad.Problem();
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var of = found.Value.Domain;
        var page = await mediator.Send(new ListHolds(of.Id, of.Version, paging.Value), context.RequestAborted);
        if (page.Refusal is { } no) return no.Problem();
        context.Response.SetVersion(of.Version);
        return Results.Ok(page.Value);
    }

    private static async Task<IResult> Place(IMediator mediator, HttpContext context, string domain, PlaceBody body)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        if (!HoldId.TryParse(body.Id ?? NewId(), out var id)) return IdInvalid().Problem();

        if (body.Checkpoint is null) return await mediator.SubmitAsync(context, found.Value.Id, new PlaceHold(id, null));
        return MomentName.TryParse(body.Checkpoint, out var checkpoint)
            ? await mediator.SubmitAsync(context, found.Value.Id, new PlaceHold(id, checkpoint))
            : new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{body.Checkpoint}'").Problem();
    }

    private static async Task<IResult> Release(IMediator mediator, HttpContext context, string domain, string id)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        return HoldId.TryParse(id, out var hold)
            ? await mediator.SubmitAsync(context, found.Value.Id, new ReleaseHold(hold))
            : ReleaseHold.NotFound(id).Problem();
    }

    internal static Refusal IdInvalid() =>
        new(Rule.HoldIdInvalid, "a hold's id has 1 to 64 characters of a-z, A-Z, 0-9, '.', '_' and '-', and begins with a letter or a digit");

    /// <summary>Short enough to be read aloud; of a million in one domain two would be the same about once in 600 times, and then the second is refused.</summary>
    private static string NewId() => $"hold-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";

    /// <param name="Id">Such as a case number; one is made up where none is given.</param>
    /// <param name="Checkpoint">Null for the whole domain, which a misspelt property must not come to mean.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record PlaceBody(string? Id = null, string? Checkpoint = null);
}
