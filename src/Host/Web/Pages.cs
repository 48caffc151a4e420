using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>The pages for people: the same queries and commands as /v1, written as HTML.</summary>
internal static class Pages
{
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").WithMetadata(new PageMark()).ExcludeFromDescription();
        pages.MapGet("/", DomainsPage.Show).RequireAuthorization(Access.Reader);
        pages.MapGet("/domains/{domain}", DomainPage.Show).RequireAuthorization(Access.Reader);
        pages.MapGet("/domains/{domain}/checkpoints/{name}", OneCheckpointPage.Show).RequireAuthorization(Access.Reader);
        pages.MapGet("/domains/{domain}/checkpoints/{name}/delete", DeletePage.Preview).RequireAuthorization(Access.Writer);
        pages.MapPost("/domains/{domain}/checkpoints/{name}/delete", DeletePage.Delete).RequireAuthorization(Access.Writer);
        pages.MapGet("/domains/{domain}/hold", (IMediator mediator, HttpContext context, string domain) => HoldPage.Show(mediator, context, domain, null, null)).RequireAuthorization(Access.Writer);
        pages.MapPost("/domains/{domain}/hold", (IMediator mediator, HttpContext context, string domain) => HoldPage.Place(mediator, context, domain, null)).RequireAuthorization(Access.Writer);
        pages.MapGet("/domains/{domain}/checkpoints/{name}/hold", (IMediator mediator, HttpContext context, string domain, string name) => HoldPage.Show(mediator, context, domain, name, null)).RequireAuthorization(Access.Writer);
        pages.MapPost("/domains/{domain}/checkpoints/{name}/hold", HoldPage.Place).RequireAuthorization(Access.Writer);
        pages.MapGet("/domains/{domain}/holds/{id}/release", (IMediator mediator, HttpContext context, string domain, string id) => HoldPage.Show(mediator, context, domain, null, id)).RequireAuthorization(Access.Writer);
        pages.MapPost("/domains/{domain}/holds/{id}/release", HoldPage.Release).RequireAuthorization(Access.Writer);
        pages.MapGet("/audit", AuditPage.Show).RequireAuthorization(Access.Reader);
        pages.MapGet("/audit.jsonl", (IMediator mediator, HttpContext context, [AsParameters] AuditApi.Query query) => AuditPage.Export(mediator, context, query, AuditApi.JsonLines)).RequireAuthorization(Access.Reader);
        pages.MapGet("/audit.csv", (IMediator mediator, HttpContext context, [AsParameters] AuditApi.Query query) => AuditPage.Export(mediator, context, query, AuditApi.Csv)).RequireAuthorization(Access.Reader);
        pages.MapGet("/webhooks", (WebhookCall call) => WebhooksPage.Show(call, null)).RequireAuthorization(Access.Reader);
        pages.MapPost("/webhooks/{id}/pause", (WebhookCall call, string id) => WebhooksPage.Change(call, id, call.Changes.PauseAsync)).RequireAuthorization(Access.Writer);
        pages.MapPost("/webhooks/{id}/resume", (WebhookCall call, string id) => WebhooksPage.Change(call, id, call.Changes.ResumeAsync)).RequireAuthorization(Access.Writer);
        pages.MapGet("/webhooks/new", (WebhookCall call) => WebhooksPage.New(call, new Dictionary<string, string?>(), null)).RequireAuthorization(Access.Writer);
        pages.MapPost("/webhooks/new", WebhooksPage.Create).RequireAuthorization(Access.Writer);
        pages.MapPost("/webhooks/{id}/rotate", WebhooksPage.Rotate).RequireAuthorization(Access.Writer);
        pages.MapPost("/webhooks/{id}/test", WebhooksPage.Test).RequireAuthorization(Access.Writer);
        pages.MapPost("/webhooks/{id}/replay", WebhooksPage.Replay).RequireAuthorization(Access.Writer);
        pages.MapPost("/webhooks/{id}/delete", (WebhookCall call, string id) => WebhooksPage.Change(call, id, call.Changes.DeleteAsync)).RequireAuthorization(Access.Writer);
        pages.MapGet("/domains/{domain}/restore.tar.gz", RestorePage.Download).RequireAuthorization(Access.Writer);
        pages.MapGet("/domains/{domain}/put", (IMediator mediator, HttpContext context, string domain) => PutPage.Show(mediator, context, domain, null)).RequireAuthorization(Access.Writer);
        pages.MapPost("/domains/{domain}/put", PutPage.Put).RequireAuthorization(Access.Writer);
        pages.MapGet("/domains/{domain}/checkpoints/{name}/redefine", PutPage.Show).RequireAuthorization(Access.Writer);
        pages.MapGet("/sources", SourcesPage.Show).RequireAuthorization(Access.Reader);
        pages.MapGet("/sources/{name}/drift", SourcesPage.Drift).RequireAuthorization(Access.Reader);
        pages.MapPost("/sources/{name}/sync", SourcesPage.Sync).RequireAuthorization(Access.Writer);
        pages.MapGet("/sign-in", SignIn.Show).AllowAnonymous();
        pages.MapPost("/sign-in", SignIn.Enter).AllowAnonymous();
        pages.MapPost("/sign-out", SignIn.Leave).AllowAnonymous();
        pages.MapGet("/assets/{name}", Assets.Get).AllowAnonymous();
    }

    /// <summary>A refusal in the rule's own words.</summary>
    public static IResult Page(this Refusal refusal) =>
        new PageResult<RefusalBody>(RuleTable.Of(refusal.Rule).Title, new() { [nameof(RefusalBody.Refusal)] = refusal }, RuleTable.Of(refusal.Rule).Status);
}
