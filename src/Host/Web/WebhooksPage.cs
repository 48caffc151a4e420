using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Host.Webhooks;

namespace EventCheckpoints.Host.Web;

/// <summary>/webhooks: whom events are sent to, how far behind each is and what was given up; each can be paused and resumed.</summary>
internal static class WebhooksPage
{
    /// <param name="refusal">Of what was tried from here.</param>
    public static async Task<IResult> Show(WebhookCall call, Refusal? refusal) => new PageResult<WebhooksBody>("Webhooks", new()
    {
        [nameof(WebhooksBody.Webhooks)] = await call.Rows.ViewAsync(await call.ReachAsync(), null, call.Aborted),
        [nameof(WebhooksBody.Viewer)] = Viewer.Of(call.Context),
        [nameof(WebhooksBody.Refusal)] = refusal,
    }, refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status);

    public static async Task<IResult> Change(WebhookCall call, string id, Func<Webhook, string, Envelope, Task> change)
    {
        var reason = call.Context.Request.HasFormContentType ? (await call.Context.Request.ReadFormAsync(call.Aborted))["reason"].ToString().Trim() : "";
        var found = await call.FindAsync(id);
        var refusal = reason.Length == 0 ? new Refusal(Rule.ReasonRequired, "say why: a page changes nothing without a reason") : Reasons.Check(reason) ?? found.Refusal;
        if (refusal is not null)
        {
            await call.Context.RecordRefusalAsync(refusal);
            return await Show(call, refusal);
        }

        await change(found.Value, call.Request, call.By with { Source = "web", Reason = reason });
        return Results.LocalRedirect("/webhooks");
    }
}
