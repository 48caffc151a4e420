using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/domains/{domain}: its forest now or at any time, what happened last, and what differs from an earlier point.</summary>
internal static class DomainPage
{
    /// <summary>Of the timeline: as many as a person looks through; the others are in the audit.</summary>
    private const int Happenings = 30;

    /// <summary>As many links as a keyboard goes through.</summary>
    private const int TimelineParts = 40;

    /// <param name="At">A version or a time; null or empty for now.</param>
    /// <param name="From">An earlier version, time or checkpoint's name, for what differs since.</param>
    /// <param name="Unfold">A checkpoint whose run is shown whole.</param>
    /// <param name="Find">A checkpoint to be taken to.</param>
    /// <param name="Line">The first line of the picture.</param>
    internal sealed record Query(string Domain, string? At = null, string? From = null, string[]? Unfold = null, string? Find = null, int? Line = null);

    public static async Task<IResult> Show(IMediator mediator, HttpContext context, [AsParameters] Query query)
    {
        var at = string.IsNullOrWhiteSpace(query.At) ? null : query.At.Trim();
        var found = await mediator.FindAsync(context, query.Domain, new AsOfQuery(at));
        if (found.Refusal is { } refusal) return refusal.Page();
        var (domain, version) = found.Value;
        MomentName? find = null;
        if (!string.IsNullOrWhiteSpace(query.Find))
        {
            if (!MomentName.TryParse(query.Find.Trim(), out var name) || (await mediator.Send(new GetCheckpoint(domain, name, version), context.RequestAborted)).Refusal is not null)
                return new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{query.Find}'").Page();
            find = name;
        }

        var unfold = new HashSet<MomentName>();
        foreach (var text in query.Unfold ?? [])
        {
            if (MomentName.TryParse(text, out var name)) unfold.Add(name);
        }

        var picture = await mediator.Send(new GetForestPicture(domain.Id, version, unfold, query.Line ?? 0, find), context.RequestAborted);
        var holds = await mediator.Send(new ListHolds(domain.Id, domain.Version, new Paging(Paging.DefaultLimit, null)), context.RequestAborted);
        // The newest up to the version that is looked at.
        var cursor = version is { } then ? (then + 1).ToString(CultureInfo.InvariantCulture) : null;
        var history = await mediator.Send(new ListHistory(domain.Id, null, NewestFirst: true, new Paging(Happenings, cursor)), context.RequestAborted);
        // It is there, since it was then.
        var known = await mediator.Send(new FindKnownDomain(domain.Id.ToString()), context.RequestAborted);
        await context.RecordReadAsync(domain.Id);
        DiffView? diff = null;
        if (!string.IsNullOrWhiteSpace(query.From))
        {
            var to = version?.ToString(CultureInfo.InvariantCulture);
            var differs = await mediator.Send(new GetDiff(domain.Id.ToString(), query.From.Trim(), to, null, Secure: false), context.RequestAborted);
            if (differs.Refusal is { } no) return no.Page();
            diff = differs.Value;
        }

        return new PageResult<DomainBody>(domain.Name.Value, new()
        {
            [nameof(DomainBody.Domain)] = domain,
            [nameof(DomainBody.At)] = at,
            [nameof(DomainBody.From)] = query.From,
            [nameof(DomainBody.Picture)] = picture,
            [nameof(DomainBody.Find)] = find,
            [nameof(DomainBody.Holds)] = holds.Value.Items,
            [nameof(DomainBody.History)] = history.Value.Items,
            [nameof(DomainBody.Diff)] = diff,
            [nameof(DomainBody.Timeline)] = await mediator.Send(new GetTimeline(domain.Id, TimelineParts), context.RequestAborted),
            [nameof(DomainBody.Newest)] = known.Value.Version,
            [nameof(DomainBody.Viewer)] = Viewer.Of(context),
            [nameof(DomainBody.EventTypes)] = string.Join(' ', EventTypes.All.Values),
        });
    }
}
