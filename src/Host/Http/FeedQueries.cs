using EventCheckpoints.Domain;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>Which events, as a caller asks for them.</summary>
/// <param name="Domain">A UUID or a name, also of a domain that is no longer registered.</param>
/// <param name="Type">A pattern of CloudEvents types or stored names, such as *.deleted.v1 or checkpoint_*.</param>
internal sealed record FeedQuery(string? Domain, string? Type, string? Checkpoint, string? Actor, string? Source, string? Owner);

/// <summary>What the ways to follow events have in common: which ones, and from where on.</summary>
internal static class FeedQueries
{
    /// <param name="from">start, now, or a time: recorded then or later.</param>
    /// <param name="after">The sequence of the last event that is known.</param>
    /// <param name="otherwise">What from is where neither was given.</param>
    /// <param name="through">How far the feed can be read now.</param>
    public static async Task<Result<FeedPosition>> BeginAsync(this IMediator mediator, string? from, string? after, string otherwise, long through, CancellationToken cancellation)
    {
        if (after is not null)
        {
            if (from is not null) return new Refusal(Rule.RequestInvalid, "from and after exclude each other");
            // Where an append takes long, another host may have told of more than this one can vouch for now: the rest comes once it can.
            return Sequence.TryParse(after, out var position) && (position <= through || position <= (await mediator.Send(new FindFeedEnd(), cancellation)).After)
                ? new FeedPosition(position)
                : new Refusal(Rule.RequestInvalid, $"'{after}' is no position in the events, which end at {Sequence.Text(through)}");
        }

        return (from ?? otherwise) switch
        {
            "start" => new FeedPosition(0),
            "now" => new FeedPosition(through),
            var text when AuditApi.IsTime(text, out var time) => await mediator.Send(new FindFeedPosition(time!.Value, through), cancellation),
            var text => new Refusal(Rule.RequestInvalid, $"from is '{text}', and has to be start, now, or a time such as 2026-03-06T12:00:00Z"),
        };
    }

    public static async Task<Result<FeedFilter>> FilterAsync(this IMediator mediator, FeedQuery query, CancellationToken cancellation)
    {
        DomainId? domain = null;
        if (query.Domain is { } key)
        {
            var found = await mediator.Send(new FindKnownDomain(key), cancellation);
            if (found.Refusal is { } refusal) return refusal;
            domain = found.Value.Id;
        }

        // Which no name holds, and PostgreSQL takes in no text.
        if (((string?[])[query.Checkpoint, query.Actor, query.Source, query.Owner]).Any(text => text?.Contains('\0', StringComparison.Ordinal) == true)) return new Refusal(Rule.RequestInvalid, "a filter has a NUL in it");
        var types = query.Type is null ? null : EventTypes.Matching(query.Type);
        if (types is { Count: 0 }) return new Refusal(Rule.RequestInvalid, $"type '{query.Type}' matches none of {string.Join(", ", EventTypes.All.Values)}");
        return new FeedFilter(domain, types, query.Checkpoint, query.Actor, query.Source, query.Owner);
    }
}
