using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>The point in the past that a read is of; without <paramref name="At"/>, now.</summary>
/// <param name="At">A version such as 17, or a time such as 2026-11-20T12:00:00Z (RFC 3339).</param>
/// <param name="By">For a time: recorded (the default), or occurred, as the sources of the events say.</param>
internal sealed record AsOfQuery(string? At = null, string? By = null)
{
    public Result<AsOfPoint> Point() => At is { } at ? AsOf.Of(at, By).Then<AsOfPoint>(point => new AsOfPoint(point))
        : By is null ? new AsOfPoint(null)
        : new Refusal(Rule.RequestInvalid, "by goes with at, which is missing");
}

/// <param name="At">Null for now.</param>
internal sealed record AsOfPoint(AsOf? At);

/// <summary>The domain that a read is of, as it was then.</summary>
/// <param name="At">Its version then; null for a read of now.</param>
internal sealed record DomainRead(DomainSummary Domain, long? At);

internal static class AsOfReads
{
    public static async Task<Result<DomainRead>> FindAsync(this IMediator mediator, HttpContext context, string key, AsOfQuery when)
    {
        var point = when.Point();
        if (point.Refusal is { } bad) return bad;
        if (point.Value.At is not { } at) return (await mediator.Send(new FindDomain(key), context.RequestAborted)).Then<DomainRead>(domain => new DomainRead(domain, null));
        var then = await mediator.Send(new FindDomainThen(key, at), context.RequestAborted);
        return then.Then<DomainRead>(domain => new DomainRead(domain, domain.Version));
    }
}
