using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Webhooks;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>What a webhook's deliveries are signed with. It is told once, when it is made.</summary>
internal sealed record SecretView(Guid Id, string Secret);

/// <summary>/v1/webhooks: whom events are sent to.</summary>
internal static class WebhooksApi
{
    private const int MaxUrl = 2_000;

    private const int MaxDescription = 1_000;

    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var all = api.MapGroup("/webhooks");
        all.MapGet("", List).RequireAuthorization(Access.Reader).Produces<Page<WebhookView>>();
        all.MapPost("", Create).RequireAuthorization(Access.Writer).Produces<SecretView>(201);
        all.MapGet("/{id}", Get).RequireAuthorization(Access.Reader).Produces<WebhookView>();
        all.MapDelete("/{id}", (WebhookCall call, string id) => call.Changed(id, call.Changes.DeleteAsync)).RequireAuthorization(Access.Writer);
        all.MapPost("/{id}/pause", (WebhookCall call, string id) => call.Changed(id, call.Changes.PauseAsync)).RequireAuthorization(Access.Writer);
        all.MapPost("/{id}/resume", (WebhookCall call, string id) => call.Changed(id, call.Changes.ResumeAsync)).RequireAuthorization(Access.Writer);
        all.MapPost("/{id}/rotate", Rotate).RequireAuthorization(Access.Writer).Produces<SecretView>();
        all.MapPost("/{id}/test", Test).RequireAuthorization(Access.Writer).Produces<AttemptView>();
        all.MapPost("/{id}/replay", Replay).RequireAuthorization(Access.Writer);
        all.MapGet("/{id}/deliveries", Deliveries).RequireAuthorization(Access.Reader).Produces<Page<DeliveryView>>();
        all.MapGet("/{id}/dead-letters", DeadLetters).RequireAuthorization(Access.Reader).Produces<Page<DeadLetterView>>();
        all.MapPost("/{id}/dead-letters/{sequence}/replay", ReplayDeadLetter).RequireAuthorization(Access.Writer).Produces<AttemptView>();
    }

    private static async Task<IResult> List(WebhookCall call) => Results.Ok(new Page<WebhookView>(await call.Rows.ViewAsync(await call.ReachAsync(), null, call.Aborted), null));

    private static async Task<IResult> Get(WebhookCall call, string id)
    {
        var found = await call.FindAsync(id);
        if (found.Refusal is { } refusal) return refusal.Problem();
        return Results.Ok((await call.Rows.ViewAsync(await call.ReachAsync(), found.Value.Id, call.Aborted))[0]);
    }

    private static async Task<IResult> Create(WebhookCall call, IMediator mediator, WebhookTargets targets, CreateBody body)
    {
        var made = await CreateAsync(call, mediator, targets, body, call.By);
        return made.Refusal is { } refusal ? refusal.Problem() : Results.Created($"/v1/webhooks/{made.Value.Id}", made.Value);
    }

    internal static async Task<Result<SecretView>> CreateAsync(WebhookCall call, IMediator mediator, WebhookTargets targets, CreateBody body, Envelope by)
    {
        var url = Target(body.Url, targets);
        if ((url.Refusal ?? Reasons.Check(by.Reason)) is { } bad) return bad;
        if (body.Description is { } text && (text.Length > MaxDescription || text.Any(char.IsControl)))
            return new Refusal(Rule.RequestInvalid, $"a description is one line of at most {MaxDescription} characters");
        var filter = await mediator.FilterAsync(new FeedQuery(body.Domain, body.Type, body.Checkpoint, body.Actor, body.Source, body.Owner), call.Aborted);
        if (filter.Refusal is { } refusal) return refusal;
        var begin = await mediator.BeginAsync(body.From, body.After, "now", await call.ReachAsync(), call.Aborted);
        if (begin.Refusal is { } odd) return odd;
        var (id, secret) = await call.Changes.CreateAsync(new NewWebhook(url.Value, body.Description, filter.Value, begin.Value.After), call.Request, by);
        return new SecretView(id, secret.Reveal());
    }

    private static async Task<IResult> Rotate(WebhookCall call, string id)
    {
        if (Reasons.Check(call.By.Reason) is { } unreadable) return unreadable.Problem();
        var found = await call.FindAsync(id);
        if (found.Refusal is { } refusal) return refusal.Problem();
        return Results.Ok(new SecretView(found.Value.Id, (await call.Changes.RotateAsync(found.Value, call.Request, call.By)).Reveal()));
    }

    private static async Task<IResult> Test(WebhookCall call, WebhookDeliveries deliveries, TimeProvider time, string id)
    {
        var found = await call.FindAsync(id);
        return found.Refusal is { } refusal ? refusal.Problem() : Results.Ok(await deliveries.TestAsync(found.Value, time.GetUtcNow(), call.Aborted));
    }

    private static async Task<IResult> Replay(WebhookCall call, IMediator mediator, string id, ReplayBody body)
    {
        var begin = await mediator.BeginAsync(body.From, body.After, "start", await call.ReachAsync(), call.Aborted);
        if (begin.Refusal is { } odd) return odd.Problem();
        return await call.Changed(id, (webhook, request, by) => call.Changes.ReplayAsync(webhook, begin.Value.After, request, by));
    }

    private static async Task<IResult> Deliveries(WebhookCall call, WebhookDeliveries deliveries, string id, int? limit, string? cursor) => await call.Page(
        id, limit, cursor, long.MaxValue, (webhook, before, more) => deliveries.LogAsync(webhook, before, more, call.Aborted), delivery => delivery.Number.ToString(CultureInfo.InvariantCulture));

    private static async Task<IResult> DeadLetters(WebhookCall call, WebhookDeliveries deliveries, string id, int? limit, string? cursor) => await call.Page(
        id, limit, cursor, 0, (webhook, after, more) => deliveries.DeadLettersAsync(webhook, after, more, call.Aborted), letter => letter.Sequence);

    private static async Task<IResult> ReplayDeadLetter(WebhookCall call, WebhookDeliveries deliveries, string id, string sequence)
    {
        var found = await call.FindAsync(id);
        if (found.Refusal is { } refusal) return refusal.Problem();
        return Sequence.TryParse(sequence, out var number) && await deliveries.ReplayAsync(found.Value, number, call.Aborted) is { } attempt
            ? Results.Ok(attempt)
            : new Refusal(Rule.DeadLetterNotFound, $"webhook {id} has no dead letter '{sequence}'").Problem();
    }

    /// <summary>Where a name leads to is only known when it is connected to; what cannot be right whatever it leads to is refused here.</summary>
    private static Result<Uri> Target(string? text, WebhookTargets targets)
    {
        static Refusal No(string why) => new(Rule.WebhookTargetRefused, why);
        if (text is null || text.Length > MaxUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            return No($"'{text}' is no address of at most {MaxUrl} characters such as https://example.org/hook");
        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0) return No("an address with a user, a password or a fragment is not taken: who reads the list of webhooks would read it too");
        return !IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) || targets.IsAllowed(address)
            ? url
            : No($"{address} is no public address and none of those allowed with --webhook-allow");
    }

    /// <param name="Url">https; also http, to networks that the operator allows.</param>
    /// <param name="From">start, now (the default), or a time.</param>
    /// <param name="After">In place of from: the sequence of the last event that is known.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record CreateBody(
        string? Url = null, string? Description = null, string? Domain = null, string? Type = null, string? Checkpoint = null, string? Actor = null, string? Source = null, string? Owner = null, string? From = null,
        string? After = null);

    /// <param name="From">start (the default), now, or a time.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record ReplayBody(string? From = null, string? After = null);
}
