using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>A page of events, each a CloudEvent.</summary>
/// <param name="Next">What after= goes on with; always there, since more will come.</param>
internal sealed record EventsPage(IReadOnlyList<JsonElement> Items, string Next);

/// <summary>/v1/events: the domains' events in the one order of all, in pages and as a stream that stays open (Server-Sent Events).</summary>
internal static class EventsApi
{
    private const string Batch = "application/cloudevents-batch+json";

    /// <summary>Between comments on a silent stream, so that nobody on the way takes it for dead.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Bytes of a page that are held back to be sent together: what a slow reader costs beside the page, which all share.</summary>
    private const int Buffer = 64 * 1024;

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/events", List).RequireAuthorization(Access.Reader).Produces<EventsPage>().Produces<string>(200, Batch);
        api.MapGet("/events/stream", Stream).RequireAuthorization(Access.Reader).Produces<string>(200, "text/event-stream");
    }

    /// <param name="Domain">A UUID or a name, also of a domain that is no longer registered.</param>
    /// <param name="Type">A pattern of CloudEvents types or stored names, such as *.deleted.v1 or checkpoint_*.</param>
    /// <param name="From">start, now, or a time: recorded then or later.</param>
    /// <param name="After">The sequence of the last event that is known.</param>
    internal sealed record Query(
        string? Domain = null, string? Type = null, string? Checkpoint = null, string? Actor = null, string? Source = null, string? Owner = null, string? From = null, string? After = null, int? Limit = null);

    private static async Task<IResult> List(IMediator mediator, FeedTip tip, HttpContext context, [AsParameters] Query query)
    {
        if (query.Limit is < 1 or > Paging.MaxLimit) return Paging.Of(query.Limit, null).Refusal!.Problem();
        var filter = await mediator.FilterAsync(new FeedQuery(query.Domain, query.Type, query.Checkpoint, query.Actor, query.Source, query.Owner), context.RequestAborted);
        if (filter.Refusal is { } refusal) return refusal.Problem();
        var through = await tip.NowAsync(context.RequestAborted);
        var after = await mediator.BeginAsync(query.From, query.After, "start", through, context.RequestAborted);
        if (after.Refusal is { } odd) return odd.Problem();
        var page = await mediator.Send(new ReadFeed(filter.Value, after.Value.After, Math.Max(through, after.Value.After), query.Limit ?? FeedTip.PageSize), context.RequestAborted);
        context.Response.Headers["X-Next"] = Sequence.Text(page.Position);
        if (context.Request.Headers.Accept.ToString().StartsWith(Batch, StringComparison.OrdinalIgnoreCase))
            return Results.Bytes(CloudEvents.Batch(page.Events), Batch);
        return Results.Ok(new EventsPage([.. page.Events.Select(happened => JsonSerializer.Deserialize<JsonElement>(CloudEvents.Json(happened).Span))], Sequence.Text(page.Position)));
    }

    private static async Task<IResult> Stream(
        IMediator mediator, FeedTip tip, IHostApplicationLifetime lifetime, HttpContext context, [AsParameters] Query query)
    {
        if (query.Limit is not null) return new Refusal(Rule.RequestInvalid, "a stream has no limit").Problem();
        var filter = await mediator.FilterAsync(new FeedQuery(query.Domain, query.Type, query.Checkpoint, query.Actor, query.Source, query.Owner), context.RequestAborted);
        if (filter.Refusal is { } refusal) return refusal.Problem();
        // What the browser's own reconnect sends goes before what the address says.
        var last = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } id ? id : query.After;
        var begin = await mediator.BeginAsync(last is null ? query.From : null, last, "now", await tip.NowAsync(context.RequestAborted), context.RequestAborted);
        if (begin.Refusal is { } odd) return odd.Problem();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Position"] = Sequence.Text(begin.Value.After);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await Follow(tip, filter.Value, FeedTip.KeyOf(filter.Value), begin.Value.After, context.Response, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The reader went, or the server goes: it comes back with the last id that it has.
        }

        return Results.Empty;
    }

    /// <summary>From the database in pages, and at its end whenever there is more: there is no seam between, and a slow reader costs one page.</summary>
    private static async Task Follow(FeedTip tip, FeedFilter filter, string key, long position, HttpResponse response, CancellationToken ends)
    {
        var body = response.BodyWriter;
        // The position at once: who began with what happens now, and is cut off before anything did, has to come back to here.
        Write(body, $"retry: 2000\nid: {Sequence.Text(position)}\n\n");
        await body.FlushAsync(ends);
        while (true)
        {
            long reach;
            try
            {
                reach = await tip.BeyondAsync(position, KeepAlive, ends);
            }
            catch (TimeoutException)
            {
                Write(body, ":\n\n");
                await body.FlushAsync(ends);
                continue;
            }

            while (position < reach)
            {
                var page = await tip.PageAsync(filter, key, position, reach, ends);
                foreach (var happened in page.Events)
                {
                    Write(body, $"id: {Sequence.Text(happened.Sequence)}\nevent: {EventTypes.All[happened.Type]}\ndata: ");
                    body.Write(CloudEvents.Json(happened).Span);
                    Write(body, "\n\n");
                    if (body.UnflushedBytes >= Buffer) await body.FlushAsync(ends);
                }

                // What a filter left out need not be looked at again after a reconnect: an id alone is kept and dispatches nothing (WHATWG HTML §9.2.6).
                if (page.Position > (page.Events.Count > 0 ? page.Events[^1].Sequence : position)) Write(body, $"id: {Sequence.Text(page.Position)}\n\n");
                await body.FlushAsync(ends);
                position = page.Position;
            }
        }
    }

    private static void Write(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);
}
