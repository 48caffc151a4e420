using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace EventCheckpoints.Host.Http;

/// <summary>Which checkpoints of a domain may go.</summary>
/// <param name="Version">The domain's version that it is of: deleted on the condition that it is still at that, nothing can have come in between.</param>
public sealed record PruneView(DomainId Domain, DomainName DomainName, long Version, IReadOnlyList<MomentName> Go, IReadOnlyList<PruneStay> Stay);

/// <summary>/v1/domains/{domain}/prune-plan: read, and nothing is deleted.</summary>
internal static class PruneApi
{
    private const int SecondsOfADay = 86_400;

    public static void MapPrune(this IEndpointRouteBuilder api) =>
        api.MapGet("/domains/{domain}/prune-plan", Plan).RequireAuthorization(Access.Reader).Produces<PruneView>();

    private static async Task<IResult> Plan(IMediator mediator, Forests forests, HttpContext context, string domain, int? keep, [FromQuery(Name = "older-than")] int? olderThan, string? owner)
    {
        if (keep is not >= 1) return new Refusal(Rule.RequestInvalid, "keep is needed, how many of the newest are to stay, and has to be 1 or more").Problem();
        if (olderThan is < 0) return new Refusal(Rule.RequestInvalid, $"older-than is {olderThan}, and has to be a number of days").Problem();
        var claimed = Requests.ClaimedOwner(owner);
        if (claimed.Refusal is { } nobody) return nobody.Problem();
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var state = await forests.NowAsync(found.Value.Id, context.RequestAborted);
        var before = olderThan is { } days ? new CreationTime(Math.Max(0, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - ((long)days * SecondsOfADay))) : (CreationTime?)null;
        var plan = PrunePlan.Of(state, new PruneWish(keep.Value, before, claimed.Value.Owner));
        context.Response.SetVersion(state.Version);
        return Results.Ok(new PruneView(state.Id, found.Value.Name, state.Version, plan.Go, plan.Stay));
    }
}
