using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/domains: what virsh does with list, define, dumpxml, domrename and undefine.</summary>
internal static class DomainsApi
{
    public static void MapDomains(this IEndpointRouteBuilder api)
    {
        api.MapGet("/domains", List).RequireAuthorization(Access.Reader).Produces<Page<DomainSummary>>();
        api.MapGet("/domains/{domain}", Get).RequireAuthorization(Access.Reader).Produces<DomainSummary>().Produces<string>(200, "application/xml");
        api.MapPost("/domains", (HttpContext context, IMediator mediator) => Define(context, mediator, null))
            .RequireAuthorization(Access.Writer).Accepts<string>("application/xml").Produces<Applied>().Produces<Applied>(201);
        api.MapPut("/domains/{domain}", (HttpContext context, IMediator mediator, string domain) => Define(context, mediator, domain))
            .RequireAuthorization(Access.Writer).Accepts<string>("application/xml").Produces<Applied>().Produces<Applied>(201);
        api.MapPost("/domains/{domain}/rename", Rename).RequireAuthorization(Access.Writer).Produces<Applied>();
        api.MapDelete("/domains/{domain}", Undefine).RequireAuthorization(Access.Writer).Produces<Applied>();
    }

    private static async Task<IResult> List(
        IMediator mediator, HttpContext context, int? limit, string? cursor, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "with-checkpoints")] bool? withCheckpoints, string? named, string? host, [AsParameters] AsOfQuery when)
    {
        var paging = Paging.Of(limit, cursor);
        if (paging.Refusal is { } bad) return bad.Problem();
        var at = when.Point();
        if (at.Refusal is { } no) return no.Problem();
        if (named is not null && at.Value.At is not null) return new Refusal(Rule.RequestInvalid, "named is for the domains of now, and does not go with at").Problem();
        if (host is not null && at.Value.At is not null) return new Refusal(Rule.RequestInvalid, "host is for the domains of now, and does not go with at").Problem();
        // No domain is on a host of no name.
        HostName? on = null;
        if (host is not null)
        {
            if (!HostName.TryParse(host, out var known)) return Results.Ok(new Page<DomainSummary>([], null));
            on = known;
        }

        var page = at.Value.At is { } then
            ? await mediator.Send(new ListDomainsThen(then, withCheckpoints, paging.Value), context.RequestAborted)
            : await mediator.Send(new ListDomains(withCheckpoints, paging.Value, named, on), context.RequestAborted);
        return page.Refusal is { } refusal ? refusal.Problem() : Results.Ok(page.Value);
    }

    private static async Task<IResult> Get(
        IMediator mediator, HttpContext context, Definitions definitions, string domain, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "security-info")] bool? securityInfo, [AsParameters] AsOfQuery when)
    {
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var of = found.Value.Domain;
        context.Response.SetVersion(of.Version);
        if (!context.Request.WantsXml()) return Results.Ok(of);
        if (securityInfo == true && !context.User.IsInRole(Access.Writer)) return SecureDenied("virDomainGetXMLDesc").Problem();
        var definition = await definitions.GetAsync(of.Id, of.Definition, context.RequestAborted);
        return Results.Text(securityInfo == true ? definition.Xml : DefinitionText.WithoutSecrets(definition.Xml), "application/xml");
    }

    private static async Task<IResult> Define(HttpContext context, IMediator mediator, string? addressed)
    {
        var text = await context.Request.ReadXmlAsync(context.RequestAborted);
        var read = text.Then(DefinitionReader.Read);
        if (read.Refusal is { } refusal) return refusal.Problem();
        var definition = read.Value;
        if (addressed is not null && !await Addresses(mediator, addressed, definition, context.RequestAborted))
            return new Refusal(Rule.DomainUuidDiffers, $"the XML is of domain '{definition.Name}', uuid {definition.Id}, not of '{addressed}'").Problem();

        // As libvirt does for XML without a uuid; the same XML again finds the domain by its name.
        var holder = await Holder(mediator, definition.Name, context.RequestAborted);
        var id = definition.Id ?? holder ?? new DomainId(Guid.NewGuid());
        if (definition.Id is null) definition = DefinitionReader.Read(DefinitionText.WithUuid(definition.Xml, id)).Value;
        return await mediator.SubmitAsync(context, id, new Define(definition, holder));
    }

    private static async Task<IResult> Rename(IMediator mediator, HttpContext context, string domain, RenameBody body)
    {
        if (!DomainName.TryParse(body.Name, out var name))
            return new Refusal(Rule.DomainXmlInvalid, body.Name?.Contains('/', StringComparison.Ordinal) == true ? $"name {body.Name} cannot contain '/'"
                : string.IsNullOrEmpty(body.Name) ? "the new name is missing" : "the new name has characters that no name can have").Problem();
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var holder = await Holder(mediator, name, context.RequestAborted);
        return await mediator.SubmitAsync(context, found.Value.Id, new Rename(name, holder));
    }

    private static async Task<IResult> Undefine(
        IMediator mediator, HttpContext context, string domain, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "checkpoints-metadata")] bool? checkpointsMetadata)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        return found.Refusal is { } refusal
            ? refusal.Problem()
            : await mediator.SubmitAsync(context, found.Value.Id, new Undefine(checkpointsMetadata == true));
    }

    /// <summary>libvirt's words for a read-only connection that asks for secrets.</summary>
    internal static Refusal SecureDenied(string function) => new(Rule.SecureDenied, $"{function} with secure flag");

    /// <summary>Who is registered under a name.</summary>
    internal static async Task<DomainId?> Holder(IMediator mediator, DomainName name, CancellationToken cancellation)
    {
        var found = await mediator.Send(new FindDomain(name.Value), cancellation);
        return found.Refusal is null && found.Value.Name == name ? found.Value.Id : null;
    }

    private static async Task<bool> Addresses(IMediator mediator, string addressed, Definition definition, CancellationToken cancellation)
    {
        if (DomainId.TryParse(addressed, out var id)) return definition.Id is null || definition.Id == id;
        var found = await mediator.Send(new FindDomain(addressed), cancellation);
        return found.Refusal is not null ? definition.Name.Value == addressed : definition.Id is null || definition.Id == found.Value.Id;
    }

    internal sealed record RenameBody(string? Name);
}
