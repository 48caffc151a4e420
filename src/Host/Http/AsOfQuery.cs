using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>The point in the past that a read is of; without <paramref name="At"/>, now.</summary>
/// <param name="At">A version such as 17, or a time such as 2026-11-20T12:00:00Z (RFC 3339).</param>
/// <param name="By">For a time: recorded (the default), or occurred, as the sources of the events say.</param>
internal sealed record AsOfQuery(string? At = null, string? By = null);

/// <summary>The domain that a read is of, as it was then.</summary>
/// <param name="At">Its version then; null for a read of now.</param>
internal sealed record DomainRead(DomainSummary Domain, long? At);

internal static class AsOfReads
{
    public static async Task<Result<DomainRead>> FindAsync(this IMediator mediator, HttpContext context, string key, AsOfQuery when)
    {
        if (when.At is null)
        {
            return when.By is null
                ? (await mediator.Send(new FindDomain(key), context.RequestAborted)).Then<DomainRead>(domain => new DomainRead(domain, null))
                : new Refusal(Rule.RequestInvalid, "by goes with at, which is missing");
        }

        var at = AsOf.Of(when.At, when.By);
        if (at.Refusal is { } bad) return bad;
        var then = await mediator.Send(new FindDomainThen(key, at.Value), context.RequestAborted);
        return then.Then<DomainRead>(domain => new DomainRead(domain, domain.Version));
    }
}
