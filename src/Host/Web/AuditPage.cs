using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/audit: who did what, across all domains, refused attempts among it; the newest first.</summary>
internal static class AuditPage
{
    private const int Lines = 100;

    public static async Task<IResult> Show(IMediator mediator, HttpContext context, [AsParameters] AuditApi.Query query)
    {
        var asked = Filled(query);
        var filter = await AuditApi.Filter(mediator, asked, context.RequestAborted);
        if (filter.Refusal is { } refusal) return refusal.Page();
        var page = await mediator.Send(new ListAudit(filter.Value, NewestFirst: true, new Paging(Lines, asked.After)), context.RequestAborted);
        if (page.Refusal is { } no) return no.Page();
        await context.RecordReadAsync(filter.Value.Domain);
        return new PageResult<AuditBody>("Audit", new()
        {
            [nameof(AuditBody.Page)] = page.Value,
            [nameof(AuditBody.Asked)] = new AuditSearch(asked.Actor, asked.Type, asked.Domain, asked.Checkpoint, asked.From, asked.To, asked.Outcome),
        });
    }

    /// <summary>The whole of what was searched for, to keep: a link cannot ask for a media type.</summary>
    public static async Task<IResult> Export(IMediator mediator, HttpContext context, AuditApi.Query query, AuditApi.ExportFormat format)
    {
        var asked = Filled(query);
        var filter = await AuditApi.Filter(mediator, asked, context.RequestAborted);
        if (filter.Refusal is { } refusal) return refusal.Page();
        context.Response.Headers.ContentDisposition = "attachment";
        return await AuditApi.Export(mediator, context, asked, filter.Value, format);
    }

    /// <summary>A form sends its empty fields too.</summary>
    private static AuditApi.Query Filled(AuditApi.Query query) => new(
        Text(query.Actor), Text(query.Type), Text(query.Domain), Text(query.Checkpoint), From: Text(query.From), To: Text(query.To), Outcome: Text(query.Outcome), After: Text(query.After));

    private static string? Text(string? field) => string.IsNullOrWhiteSpace(field) ? null : field.Trim();
}

/// <summary>What an audit page was asked for.</summary>
public sealed record AuditSearch(string? Actor, string? Type, string? Domain, string? Checkpoint, string? From, string? To, string? Outcome);
