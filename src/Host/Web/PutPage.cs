using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>Creating a checkpoint, and redefining one, from XML: first what would be, line by line, then, with a reason, that it is.</summary>
internal static class PutPage
{
    private const string Empty = "<domaincheckpoint>\n  <name></name>\n  <description></description>\n</domaincheckpoint>\n";

    /// <param name="name">The checkpoint that is to be redefined, whose XML the form begins with; null for a new one.</param>
    public static async Task<IResult> Show(IMediator mediator, HttpContext context, string domain, string? name)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } none) return none.Page();
        var xml = Empty;
        if (name is not null)
        {
            if (!MomentName.TryParse(name, out var checkpoint)) return new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}'").Page();
            // With all of it, since a redefine keeps nothing of the old.
            var stored = await mediator.Send(new GetCheckpointXml(found.Value, checkpoint, NoDomain: false, Secure: true), context.RequestAborted);
            if (stored.Refusal is { } gone) return gone.Page();
            xml = stored.Value;
        }

        return Page(found.Value, new Put(xml, name is not null, "", ""), null, null, null);
    }

    public static async Task<IResult> Put(IMediator mediator, HttpContext context, string domain)
    {
        if (!context.Request.HasFormContentType) return new Refusal(Rule.RequestInvalid, "a form is wanted, with the fields xml, redefine, owner, version and reason").Page();
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return new Refusal(Rule.XmlTooLarge, "a form takes XML of at most 4 MiB; the command line and HTTP take 16").Page();
        }

        // A form's lines end with CR LF.
        var put = new Put(form["xml"].ToString().ReplaceLineEndings("\n"), form["redefine"] == "true", form["owner"].ToString().Trim(), form["reason"].ToString().Trim());
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } none) return none.Page();
        var owner = Requests.ClaimedOwner(put.Owner);
        var command = owner.Refusal is { } nobody ? nobody : Command(put);
        // The button of the preview sends no version; that of the preview's answer sends the one that was looked at.
        var isDone = long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version);
        if (command.Refusal is null && isDone && put.Reason.Length == 0) command = new Refusal(Rule.ReasonRequired, "say why: a page changes nothing without a reason");
        if (command.Refusal is { } unread) return await RefusedAsync(context, found.Value, put, unread);
        var by = context.Envelope() with { Source = "web", Reason = put.Reason.Length == 0 ? null : put.Reason };
        var done = await mediator.Send(
            new Submit(found.Value.Id, command.Value, by, isDone ? version : null, DryRun: !isDone, Owner: owner.Value.Owner), context.RequestAborted);
        if (done.Refusal is { } refusal) return await RefusedAsync(context, found.Value, put, refusal);
        var name = done.Value.Decision.Checkpoint!.Value;
        if (isDone) return Results.LocalRedirect(Links.Checkpoint(found.Value.Id, name));
        var before = done.Value.Before.Forest.Contains(name) ? (await mediator.Send(new GetCheckpointXml(found.Value, name, NoDomain: false, Secure: true), context.RequestAborted)).Value : "";
        return Page(found.Value, put, null, done.Value, UnifiedDiff.Of(before, await AfterAsync(context, found.Value.Id, done.Value, name), name.Value));
    }

    /// <summary>The XML as the store will print it.</summary>
    private static async Task<string> AfterAsync(HttpContext context, DomainId domain, Submitted would, MomentName name)
    {
        var checkpoint = would.After.Forest.Find(name)!;
        string? inside = null;
        if (checkpoint.Definition is { } hash)
        {
            inside = would.Decision.Events.OfType<DefinitionRecorded>().FirstOrDefault(recorded => recorded.Hash == hash)?.Xml
                ?? (await context.RequestServices.GetRequiredService<Definitions>().GetAsync(domain, hash, context.RequestAborted)).Xml;
        }

        using var xml = new StringWriter();
        CheckpointWriter.Write(xml, checkpoint, inside);
        return xml.ToString();
    }

    private static Result<Command> Command(Put put) => put.Redefine
        ? CheckpointReader.ReadRedefine(put.Xml).Then<Command>(xml => new Redefine(xml))
        : CheckpointReader.ReadCreate(put.Xml).Then<Command>(xml => new Create(xml, CreationTime.Of(DateTimeOffset.UtcNow)));

    private static async Task<IResult> RefusedAsync(HttpContext context, DomainSummary domain, Put put, Refusal refusal)
    {
        await context.RecordRefusalAsync(refusal);
        return Page(domain, put, refusal, null, null);
    }

    private static PageResult<PutBody> Page(DomainSummary domain, Put put, Refusal? refusal, Submitted? would, string? diff) => new(
        put.Redefine ? $"Redefine a checkpoint of {domain.Name}" : $"New checkpoint of {domain.Name}",
        new()
        {
            [nameof(PutBody.Domain)] = domain,
            [nameof(PutBody.Put)] = put,
            [nameof(PutBody.Refusal)] = refusal,
            [nameof(PutBody.Would)] = would,
            [nameof(PutBody.Diff)] = diff,
        },
        refusal is null ? StatusCodes.Status200OK : RuleTable.Of(refusal.Rule).Status);
}

/// <summary>What somebody typed.</summary>
public sealed record Put(string Xml, bool Redefine, string Owner, string Reason);
