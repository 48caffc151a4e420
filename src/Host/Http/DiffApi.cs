using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/domains/{domain}/diff: in what a domain differs between two points of its past.</summary>
internal static class DiffApi
{
    public static void MapDiff(this IEndpointRouteBuilder api) =>
        api.MapGet("/domains/{domain}/diff", Diff).RequireAuthorization(Access.Reader).Produces<DiffView>();

    private static async Task<IResult> Diff(
        IMediator mediator, HttpContext context, string domain, string? from, string? to, string? by, [FromQuery(Name = "security-info")] bool? securityInfo)
    {
        if (from is null) return new Refusal(Rule.RequestInvalid, "from is missing: a version, a time or a checkpoint's name").Problem();
        if (securityInfo == true && !context.User.IsInRole(Access.Writer)) return DomainsApi.SecureDenied("virDomainGetXMLDesc").Problem();
        var diff = await mediator.Send(new GetDiff(domain, from, to, by, securityInfo == true), context.RequestAborted);
        return diff.Refusal is { } refusal ? refusal.Problem() : Results.Ok(diff.Value);
    }
}
