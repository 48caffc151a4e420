using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/: all domains, and those whose name has a text in it.</summary>
internal static class DomainsPage
{
    private const int Lines = 100;

    public static async Task<IResult> Show(IMediator mediator, HttpContext context, string? q, string? cursor)
    {
        var named = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        var page = await mediator.Send(new ListDomains(null, new Paging(Lines, cursor), named), context.RequestAborted);
        return page.Refusal is { } refusal
            ? refusal.Page()
            : new PageResult<DomainsBody>("Domains", new() { [nameof(DomainsBody.Page)] = page.Value, [nameof(DomainsBody.Named)] = named });
    }
}
