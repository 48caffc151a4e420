using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;

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
        pages.MapGet("/audit", AuditPage.Show).RequireAuthorization(Access.Reader);
        pages.MapGet("/sign-in", SignIn.Show).AllowAnonymous();
        pages.MapPost("/sign-in", SignIn.Enter).AllowAnonymous();
        pages.MapPost("/sign-out", SignIn.Leave).AllowAnonymous();
        pages.MapGet("/assets/{name}", Assets.Get).AllowAnonymous();
    }

    /// <summary>A refusal in the rule's own words.</summary>
    public static IResult Page(this Refusal refusal) =>
        new PageResult<RefusalBody>(RuleTable.Of(refusal.Rule).Title, new() { [nameof(RefusalBody.Refusal)] = refusal }, RuleTable.Of(refusal.Rule).Status);
}
