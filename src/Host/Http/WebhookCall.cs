using System.Globalization;
using System.Reflection;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Webhooks;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>What all requests about webhooks have in common.</summary>
internal sealed record WebhookCall(HttpContext Context, WebhookRows Rows, WebhookChanges Changes)
{
    public CancellationToken Aborted => Context.RequestAborted;

    public Envelope By => Context.Envelope();

    public string Request => Recorded.Request(Context);

    /// <summary>For minimal APIs: a parameter of this type is made of the request.</summary>
    public static ValueTask<WebhookCall?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<WebhookCall?>(new WebhookCall(
        context, context.RequestServices.GetRequiredService<WebhookRows>(), context.RequestServices.GetRequiredService<WebhookChanges>()));

    public Task<long> ReachAsync() => Context.RequestServices.GetRequiredService<FeedTip>().NowAsync(Aborted);

    public async Task<Result<Webhook>> FindAsync(string id) =>
        Guid.TryParse(id, out var guid) && await Rows.FindAsync(guid, Aborted) is { } found ? found : new Refusal(Rule.WebhookNotFound, $"no webhook has the id '{id}'");

    /// <summary>Finds it, changes it, and answers without a word.</summary>
    public async Task<IResult> Changed(string id, Func<Webhook, string, Envelope, Task> change)
    {
        if (Reasons.Check(By.Reason) is { } unreadable) return unreadable.Problem();
        var found = await FindAsync(id);
        if (found.Refusal is { } refusal) return refusal.Problem();
        await change(found.Value, Request, By);
        return Results.NoContent();
    }

    /// <param name="read">Of a webhook, from a number on, so many.</param>
    public async Task<IResult> Page<T>(string id, int? limit, string? cursor, long from, Func<Guid, long, int, Task<List<T>>> read, Func<T, string> cursorOf)
    {
        var paging = Paging.Of(limit, cursor);
        if (paging.Refusal is { } bad) return bad.Problem();
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from)) return Paging.BadCursor(cursor).Problem();
        var found = await FindAsync(id);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var items = await read(found.Value.Id, from, paging.Value.Limit + 1);
        return Results.Ok(Projections.Page.Of(items, paging.Value.Limit, cursorOf));
    }
}
