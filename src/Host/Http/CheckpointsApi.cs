using System.Text.Json.Serialization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/domains/{domain}/checkpoints: what libvirt's virDomainCheckpoint functions do.</summary>
internal static class CheckpointsApi
{
    public static void MapCheckpoints(this IEndpointRouteBuilder api)
    {
        var of = api.MapGroup("/domains/{domain}/checkpoints");
        of.MapGet("", List).RequireAuthorization(Access.Reader).Produces<Page<CheckpointItem>>();
        of.MapGet("/{name}", Get).RequireAuthorization(Access.Reader).Produces<CheckpointView>().Produces<string>(200, "application/xml");
        of.MapGet("/{name}/parent", Parent).RequireAuthorization(Access.Reader).Produces<CheckpointView>();
        of.MapGet("/{name}/children", (IMediator mediator, HttpContext context, string domain, string name, int? limit, string? cursor, [AsParameters] AsOfQuery when) =>
            List(mediator, context, when, new ListQuery(domain, From: name, Limit: limit, Cursor: cursor))).RequireAuthorization(Access.Reader).Produces<Page<CheckpointItem>>();
        of.MapGet("/{name}/descendants", (IMediator mediator, HttpContext context, string domain, string name, int? limit, string? cursor, [AsParameters] AsOfQuery when) =>
            List(mediator, context, when, new ListQuery(domain, From: name, Descendants: true, Topological: true, Limit: limit, Cursor: cursor))).RequireAuthorization(Access.Reader).Produces<Page<CheckpointItem>>();
        of.MapPost("", Create).RequireAuthorization(Access.Writer).Accepts<string>("application/xml").Produces<Applied>().Produces<Applied>(201);
        of.MapPut("/{name}/parent", Reparent).RequireAuthorization(Access.Writer).Produces<Applied>();
        of.MapPut("/{name}/owner", SetOwner).RequireAuthorization(Access.Writer).Produces<Applied>();
        of.MapDelete("/{name}", Delete).RequireAuthorization(Access.Writer).Produces<Applied>();
        api.MapGet("/domains/{domain}/current", Current).RequireAuthorization(Access.Reader).Produces<CurrentView>();
    }

    /// <summary>The query of a list, in virsh's words.</summary>
    internal sealed record ListQuery(
        string Domain,
        bool? Roots = null,
        string? From = null,
        bool? Descendants = null,
        bool? Leaves = null,
        [property: FromQuery(Name = "no-leaves")] bool? NoLeaves = null,
        bool? Topological = null,
        string? Owner = null,
        bool? Lost = null,
        bool? Invalid = null,
        int? Limit = null,
        string? Cursor = null);

    private static async Task<IResult> List(IMediator mediator, HttpContext context, [AsParameters] AsOfQuery when, [AsParameters] ListQuery query)
    {
        var paging = Paging.Of(query.Limit, query.Cursor);
        if (paging.Refusal is { } bad) return bad.Problem();
        var found = await mediator.FindAsync(context, query.Domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        MomentName? from = null;
        if (query.From is { } below)
        {
            if (!MomentName.TryParse(below, out var name)) return NotFound(below).Problem();
            from = name;
        }

        Owner? owner = null;
        if (query.Owner is { } answering)
        {
            if (!Owner.TryParse(answering, out var read)) return Requests.OwnerInvalid().Problem();
            owner = read;
        }

        var filter = new CheckpointFilter(
            query.Roots == true, from, query.Descendants == true, query.Leaves == true, query.NoLeaves == true, query.Topological == true, owner, query.Lost == true, query.Invalid == true);
        var page = await mediator.Send(new ListCheckpoints(found.Value.Domain.Id, filter, paging.Value, found.Value.At), context.RequestAborted);
        if (page.Refusal is { } no) return no.Problem();
        context.Response.SetVersion(page.Value.Version);
        return Results.Ok(page.Value.Page);
    }

    private static async Task<IResult> Get(
        IMediator mediator,
        HttpContext context,
        string domain,
        string name,
        [FromQuery(Name = "no-domain")] bool? noDomain,
        [FromQuery(Name = "security-info")] bool? securityInfo,
        [AsParameters] AsOfQuery when)
    {
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var (of, at) = found.Value;
        if (!MomentName.TryParse(name, out var checkpoint)) return NotFound(name).Problem();
        context.Response.SetVersion(of.Version);
        if (!context.Request.WantsXml())
        {
            var view = await mediator.Send(new GetCheckpoint(of, checkpoint, at), context.RequestAborted);
            return view.Refusal is { } none ? none.Problem() : Results.Ok(view.Value);
        }

        if (securityInfo == true && !context.User.IsInRole(Access.Writer)) return DomainsApi.SecureDenied("virDomainCheckpointGetXMLDesc").Problem();
        // A size is what QEMU says of a bitmap now; a registry has none, and prints none, as libvirt's own test driver.
        var xml = await mediator.Send(new GetCheckpointXml(of, checkpoint, noDomain == true, securityInfo == true, at), context.RequestAborted);
        return xml.Refusal is { } no ? no.Problem() : Results.Text(xml.Value, "application/xml");
    }

    private static async Task<IResult> Parent(IMediator mediator, HttpContext context, string domain, string name, [AsParameters] AsOfQuery when)
    {
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var (of, at) = found.Value;
        if (!MomentName.TryParse(name, out var checkpoint)) return NotFound(name).Problem();
        var view = await mediator.Send(new GetCheckpoint(of, checkpoint, at), context.RequestAborted);
        if (view.Refusal is { } none) return none.Problem();
        if (view.Value.Parent is not { } parent) return new Refusal(Rule.NoParent, $"checkpoint '{name}' does not have a parent").Problem();
        var above = await mediator.Send(new GetCheckpoint(of, parent, at), context.RequestAborted);
        if (above.Refusal is { } gone) return gone.Problem();
        context.Response.SetVersion(above.Value.Version);
        return Results.Ok(above.Value);
    }

    private static async Task<IResult> Create(
        IMediator mediator,
        HttpContext context,
        string domain,
        bool? redefine,
        bool? quiesce,
        [FromQuery(Name = "redefine-validate")] bool? validate,
        string? owner)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        if (redefine == true && quiesce == true) return Exclusive("VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE", "VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE").Problem();
        if (validate == true && redefine != true)
        {
            return new Refusal(
                Rule.FlagRequired,
                "Flag 'VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE' is required by flag 'VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE'").Problem();
        }

        if (validate == true) return new Refusal(Rule.NotSupported, "bitmaps are on the host, and a registry cannot look at them: redefine without validate").Problem();
        var claimed = Requests.ClaimedOwner(owner);
        if (claimed.Refusal is { } nobody) return nobody.Problem();
        var text = await context.Request.ReadXmlAsync(context.RequestAborted);
        var command = redefine == true
            ? text.Then(CheckpointReader.ReadRedefine).Then<Command>(xml => new Redefine(xml))
            : text.Then(CheckpointReader.ReadCreate).Then<Command>(xml => new Create(xml, CreationTime.Of(DateTimeOffset.UtcNow)));
        return command.Refusal is { } no ? no.Problem() : await mediator.SubmitAsync(context, found.Value.Id, command.Value, claimed.Value.Owner);
    }

    private static async Task<IResult> Reparent(IMediator mediator, HttpContext context, string domain, string name, ReparentBody body)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        if (!MomentName.TryParse(name, out var checkpoint)) return NotFound(name).Problem();
        if (body.Parent is null) return await mediator.SubmitAsync(context, found.Value.Id, new Reparent(checkpoint, null));
        return MomentName.TryParse(body.Parent, out var parent)
            ? await mediator.SubmitAsync(context, found.Value.Id, new Reparent(checkpoint, parent))
            : new Refusal(Rule.ParentNotFound, $"parent {body.Parent} for moment {name} not found").Problem();
    }

    private static async Task<IResult> SetOwner(IMediator mediator, HttpContext context, string domain, string name, OwnerBody body)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        if (!MomentName.TryParse(name, out var checkpoint)) return NotFound(name).Problem();
        if (body.Owner is null) return await mediator.SubmitAsync(context, found.Value.Id, new SetOwner(checkpoint, null));
        return Owner.TryParse(body.Owner, out var owner) ? await mediator.SubmitAsync(context, found.Value.Id, new SetOwner(checkpoint, owner)) : Requests.OwnerInvalid().Problem();
    }

    /// <param name="Owner">Null, given as that, for nobody.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record OwnerBody([property: JsonRequired] string? Owner);

    private static async Task<IResult> Delete(
        IMediator mediator, HttpContext context, string domain, string name, bool? children, [FromQuery(Name = "children-only")] bool? childrenOnly)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        return MomentName.TryParse(name, out var checkpoint)
            ? await mediator.SubmitAsync(context, found.Value.Id, new Delete(checkpoint, children == true, childrenOnly == true))
            : NotFound(name).Problem();
    }

    private static async Task<IResult> Current(IMediator mediator, HttpContext context, string domain, [AsParameters] AsOfQuery when)
    {
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var current = await mediator.Send(new GetCurrent(found.Value.Domain.Id, found.Value.At), context.RequestAborted);
        context.Response.SetVersion(current.Version);
        return Results.Ok(current);
    }

    private static Refusal NotFound(string name) => new(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}'");

    private static Refusal Exclusive(string one, string other) => new(Rule.FlagsExclusive, $"Flags '{one}' and '{other}' are mutually exclusive");

    internal sealed record ReparentBody(string? Parent);
}
