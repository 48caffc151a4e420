using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Host.Webhooks;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/webhooks: whom events are sent to, how far behind each is and what was given up; all that can be done with one, each with a reason.</summary>
internal static class WebhooksPage
{
    /// <summary>Of the form that makes one.</summary>
    private static readonly string[] Fields = ["url", "description", "domain", "type", "checkpoint", "actor", "source", "owner", "from"];

    /// <param name="refusal">Of what was tried from here.</param>
    public static Task<IResult> Show(WebhookCall call, Refusal? refusal) => Show(call, refusal, null, null);

    public static async Task<IResult> Change(WebhookCall call, string id, Func<Webhook, string, Envelope, Task> change)
    {
        var found = await AskedAsync(call, id);
        if (found.Refusal is { } refusal) return await Show(call, refusal);
        await change(found.Value.Webhook, call.Request, found.Value.By);
        return Results.LocalRedirect("/webhooks");
    }

    /// <summary>The new secret is shown once, as it is over HTTP.</summary>
    public static async Task<IResult> Rotate(WebhookCall call, string id)
    {
        var found = await AskedAsync(call, id);
        if (found.Refusal is { } refusal) return await Show(call, refusal);
        var secret = await call.Changes.RotateAsync(found.Value.Webhook, call.Request, found.Value.By);
        return await Show(call, null, new SecretView(found.Value.Webhook.Id, secret.Reveal()), null);
    }

    public static async Task<IResult> Replay(WebhookCall call, IMediator mediator, string id)
    {
        var found = await AskedAsync(call, id);
        if (found.Refusal is { } refusal) return await Show(call, refusal);
        var from = (await call.Context.Request.ReadFormAsync(call.Aborted))["from"].ToString().Trim();
        var begin = await mediator.BeginAsync(from.Length == 0 ? null : from, null, "start", await call.ReachAsync(), call.Aborted);
        if (begin.Refusal is { } odd)
        {
            await call.Context.RecordRefusalAsync(odd);
            return await Show(call, odd);
        }

        await call.Changes.ReplayAsync(found.Value.Webhook, begin.Value.After, call.Request, found.Value.By);
        return Results.LocalRedirect("/webhooks");
    }

    public static async Task<IResult> Test(WebhookCall call, WebhookDeliveries deliveries, TimeProvider time, string id)
    {
        var found = await call.FindAsync(id);
        if (found.Refusal is { } refusal) return await Show(call, refusal);
        var attempt = await deliveries.TestAsync(found.Value, time.GetUtcNow(), call.Aborted);
        return await Show(call, null, null, $"{found.Value.Url}: {(attempt.Delivered ? "delivered" : "not delivered")} in {attempt.Milliseconds} ms: {attempt.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? attempt.Error}");
    }

    public static Task<IResult> New(WebhookCall call, IReadOnlyDictionary<string, string?> given, Refusal? refusal) => Task.FromResult<IResult>(new PageResult<NewWebhookBody>(
        "New webhook", new() { [nameof(NewWebhookBody.Given)] = given, [nameof(NewWebhookBody.Refusal)] = refusal }, refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status));

    public static async Task<IResult> Create(WebhookCall call, IMediator mediator, WebhookTargets targets)
    {
        var form = call.Context.Request.HasFormContentType ? await call.Context.Request.ReadFormAsync(call.Aborted) : FormCollection.Empty;
        string? Given(string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;
        Result<SecretView> made = NoReason();
        if (Given("reason") is { } reason)
        {
            var body = new WebhooksApi.CreateBody(
                Given("url"), Given("description"), Given("domain"), Given("type"), Given("checkpoint"), Given("actor"), Given("source"), Given("owner"), Given("from"));
            made = await WebhooksApi.CreateAsync(call, mediator, targets, body, call.By with { Source = "web", Reason = reason });
        }

        if (made.Refusal is not { } refusal) return await Show(call, null, made.Value, null);
        await call.Context.RecordRefusalAsync(refusal);
        return await New(call, Fields.Append("reason").ToDictionary(field => field, Given), refusal);
    }

    /// <summary>The webhook, and who asks with which reason; a refusal is on record.</summary>
    private static async Task<Result<Asked>> AskedAsync(WebhookCall call, string id)
    {
        var reason = call.Context.Request.HasFormContentType ? (await call.Context.Request.ReadFormAsync(call.Aborted))["reason"].ToString().Trim() : "";
        var found = await call.FindAsync(id);
        var refusal = reason.Length == 0 ? NoReason() : Reasons.Check(reason) ?? found.Refusal;
        if (refusal is null) return new Asked(found.Value, call.By with { Source = "web", Reason = reason });
        await call.Context.RecordRefusalAsync(refusal);
        return refusal;
    }

    private static Refusal NoReason() => new(Rule.ReasonRequired, "say why: a page changes nothing without a reason");

    private sealed record Asked(Webhook Webhook, Envelope By);

    /// <param name="secret">Of one that was made or got a new one just now.</param>
    /// <param name="tried">What came of a test.</param>
    private static async Task<IResult> Show(WebhookCall call, Refusal? refusal, SecretView? secret, string? tried) => new PageResult<WebhooksBody>("Webhooks", new()
    {
        [nameof(WebhooksBody.Webhooks)] = await call.Rows.ViewAsync(await call.ReachAsync(), null, call.Aborted),
        [nameof(WebhooksBody.Viewer)] = Viewer.Of(call.Context),
        [nameof(WebhooksBody.Refusal)] = refusal,
        [nameof(WebhooksBody.Id)] = secret?.Id,
        [nameof(WebhooksBody.Secret)] = secret?.Secret,
        [nameof(WebhooksBody.Tried)] = tried,
    }, refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status);
}
