using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>Placing a legal hold on a checkpoint or a whole domain, and releasing one; a reason goes with both, on every server.</summary>
internal static class HoldPage
{
    /// <param name="name">The checkpoint to be held; null for the whole domain.</param>
    /// <param name="release">The hold to be released; null where one is to be placed.</param>
    public static Task<IResult> Show(IMediator mediator, HttpContext context, string domain, string? name, string? release) =>
        Form(mediator, context, new Held(domain, name, release), null);

    public static async Task<IResult> Place(IMediator mediator, HttpContext context, string domain, string? name)
    {
        if (!context.Request.HasFormContentType) return NoForm().Page();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        MomentName? checkpoint = null;
        if (name is not null)
        {
            if (!MomentName.TryParse(name, out var parsed)) return new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}'").Page();
            checkpoint = parsed;
        }

        return HoldId.TryParse(form["id"].ToString().Trim(), out var id)
            ? await Submit(mediator, context, new Held(domain, name, null), new PlaceHold(id, checkpoint), form)
            : await Refused(mediator, context, new Held(domain, name, null), HoldsApi.IdInvalid(), form);
    }

    public static async Task<IResult> Release(IMediator mediator, HttpContext context, string domain, string id)
    {
        if (!context.Request.HasFormContentType) return NoForm().Page();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        return HoldId.TryParse(id, out var hold)
            ? await Submit(mediator, context, new Held(domain, null, id), new ReleaseHold(hold), form)
            : ReleaseHold.NotFound(id).Page();
    }

    private static async Task<IResult> Submit(IMediator mediator, HttpContext context, Held held, Command command, IFormCollection form)
    {
        var found = await mediator.Send(new FindDomain(held.Domain), context.RequestAborted);
        if (found.Refusal is { } none) return none.Page();
        var reason = form["reason"].ToString().Trim();
        var by = context.Envelope() with { Source = "web", Reason = reason.Length == 0 ? null : reason };
        var done = await mediator.Send(new Submit(found.Value.Id, command, by), context.RequestAborted);
        return done.Refusal is { } refusal
            ? await Refused(mediator, context, held, refusal, form)
            : Results.LocalRedirect(Links.Domain(found.Value.Id));
    }

    private static async Task<IResult> Refused(IMediator mediator, HttpContext context, Held held, Refusal refusal, IFormCollection form)
    {
        await context.RecordRefusalAsync(refusal);
        return await Form(mediator, context, held, refusal, form["id"].ToString(), form["reason"].ToString());
    }

    private static async Task<IResult> Form(IMediator mediator, HttpContext context, Held held, Refusal? refusal, string id = "", string reason = "")
    {
        var found = await mediator.Send(new FindDomain(held.Domain), context.RequestAborted);
        if (found.Refusal is { } none) return none.Page();
        var title = held.Release is { } hold ? $"Release hold {hold} of {found.Value.Name}" : $"Hold {held.Checkpoint ?? "the whole domain"} of {found.Value.Name}";
        return new PageResult<HoldBody>(title, new()
        {
            [nameof(HoldBody.Domain)] = found.Value,
            [nameof(HoldBody.Checkpoint)] = held.Checkpoint,
            [nameof(HoldBody.Release)] = held.Release,
            [nameof(HoldBody.Id)] = id,
            [nameof(HoldBody.Reason)] = reason,
            [nameof(HoldBody.Refusal)] = refusal,
        }, refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status);
    }

    private static Refusal NoForm() => new(Rule.RequestInvalid, "a form is wanted, with the field reason");

    /// <summary>What a page of holds is about.</summary>
    private sealed record Held(string Domain, string? Checkpoint, string? Release);
}
