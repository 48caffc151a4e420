using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/domains/{domain}/checkpoints/{name}/delete: first what would happen, then, with a reason, that it does.</summary>
internal static class DeletePage
{
    public static async Task<IResult> Preview(IMediator mediator, HttpContext context, string domain, string name, string? flag) =>
        await Form(mediator, context, domain, name, flag, null);

    public static async Task<IResult> Delete(IMediator mediator, HttpContext context, string domain, string name)
    {
        if (!context.Request.HasFormContentType) return new Refusal(Rule.RequestInvalid, "a form is wanted, with the fields flag, version and reason").Page();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var reason = form["reason"].ToString().Trim();
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } none) return none.Page();
        if (!MomentName.TryParse(name, out var checkpoint)) return NotFound(name).Page();
        var isVersion = long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version);
        Refusal? refusal = reason.Length == 0 ? new Refusal(Rule.ReasonRequired, "say why: a page deletes nothing without a reason")
            : isVersion ? null
            : new Refusal(Rule.RequestInvalid, "the version that was looked at is missing");
        if (refusal is null)
        {
            // Of the version that the preview was of: what has changed since has to be seen first.
            var by = context.Envelope() with { Source = "web", Reason = reason };
            var done = await mediator.Send(new Submit(found.Value.Id, Command(checkpoint, form["flag"]), by, version), context.RequestAborted);
            if (done.Refusal is null) return Results.LocalRedirect($"/domains/{found.Value.Id}");
            refusal = done.Refusal;
        }

        await context.RecordRefusalAsync(refusal);
        return await Form(mediator, context, domain, name, form["flag"], refusal, reason);
    }

    private static async Task<IResult> Form(IMediator mediator, HttpContext context, string domain, string name, string? flag, Refusal? refusal, string reason = "")
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } none) return none.Page();
        if (!MomentName.TryParse(name, out var checkpoint)) return NotFound(name).Page();
        // A dry run asks for no reason, and is no change.
        var would = await mediator.Send(new Submit(found.Value.Id, Command(checkpoint, flag), context.Envelope() with { Source = "web" }, DryRun: true), context.RequestAborted);
        if (would.Refusal is { Rule: Rule.CheckpointNotFound } gone) return gone.Page();
        // That a delete would be refused is a good answer to the question what it would do.
        var status = refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status;
        return new PageResult<DeleteBody>($"Delete {checkpoint} of {found.Value.Name}", new()
        {
            [nameof(DeleteBody.Domain)] = found.Value,
            [nameof(DeleteBody.Name)] = checkpoint,
            [nameof(DeleteBody.Flag)] = flag is "children" or "children-only" ? flag : "",
            [nameof(DeleteBody.Reason)] = reason,
            [nameof(DeleteBody.Refusal)] = refusal ?? would.Refusal,
            [nameof(DeleteBody.Would)] = would.Refusal is null ? would.Value : null,
        }, status);
    }

    private static Delete Command(MomentName name, string? flag) => new(name, flag == "children", flag == "children-only");

    private static Refusal NotFound(string name) => new(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}'");
}
