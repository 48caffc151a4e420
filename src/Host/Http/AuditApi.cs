using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/audit: the events of all domains, in pages or, as JSON Lines or CSV, all at once.</summary>
internal static class AuditApi
{
    internal static readonly ExportFormat JsonLines = new(AuditJsonLines.MediaType, AuditJsonLines.WriteAsync);
    internal static readonly ExportFormat Csv = new(AuditCsv.MediaType + "; charset=utf-8; header=present", AuditCsv.WriteAsync);

    public static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", List).RequireAuthorization(Access.Reader)
            .Produces<Page<HistoryRecord>>().Produces<string>(200, AuditJsonLines.MediaType, AuditCsv.MediaType);

    /// <summary>The query of the audit log.</summary>
    /// <param name="Domain">A UUID or a name, also of a domain that is no longer registered.</param>
    /// <param name="From">RFC 3339, or a day (its beginning in UTC): recorded then or later.</param>
    /// <param name="To">Recorded before.</param>
    /// <param name="Owner">Of checkpoints that this tool or person answered for then.</param>
    /// <param name="After">The sequence of the last record that is known.</param>
    /// <param name="Since">Of an export: only what the log got after it had so many entries, with what the tree is gone on from.</param>
    internal sealed record Query(
        string? Actor = null,
        string? Type = null,
        string? Domain = null,
        string? Checkpoint = null,
        string? Source = null,
        string? Correlation = null,
        string? From = null,
        string? To = null,
        string? Outcome = null,
        string? Owner = null,
        string? Order = null,
        int? Limit = null,
        string? After = null,
        long? Since = null);

    private static async Task<IResult> List(IMediator mediator, HttpContext context, [AsParameters] Query query)
    {
        var filter = await Filter(mediator, query, context.RequestAborted);
        if (filter.Refusal is { } refusal) return refusal.Problem();
        if (Wanted(context.Request) is { } write) return await Export(mediator, context, query, filter.Value, write);
        if (query.Since is not null) return new Refusal(Rule.RequestInvalid, "since is for exports; a page goes on after a sequence").Problem();
        var paging = Paging.Of(query.Limit, query.After);
        if (paging.Refusal is { } bad) return bad.Problem();
        if (HistoryApi.Order(query.Order, out var newestFirst) is { } odd) return odd.Problem();
        var page = await mediator.Send(new ListAudit(filter.Value, newestFirst, paging.Value), context.RequestAborted);
        if (page.Refusal is { } no) return no.Problem();
        await context.RecordReadAsync(filter.Value.Domain);
        return Results.Ok(page.Value);
    }

    internal static async Task<IResult> Export(IMediator mediator, HttpContext context, Query query, AuditFilter filter, ExportFormat format)
    {
        if (query is not { Order: null, Limit: null, After: null })
            return new Refusal(Rule.RequestInvalid, "an export is whole and in order: order, limit and after are for pages").Problem();
        var log = context.RequestServices.GetRequiredService<ExportedLog>();
        var claimed = await log.ClaimAsync(filter != new AuditFilter(), query.Since, context.RequestAborted);
        if (claimed.Refusal is { } none) return none.Problem();
        var claim = claimed.Value;
        var export = await mediator.Send(new ExportAudit(filter, claim.Through, claim.After), context.RequestAborted);
        if (export.Refusal is { } refusal) return refusal.Problem();
        await context.RecordExportAsync(filter.Domain, claim.Through);
        context.Response.ContentType = format.ContentType;
        await using var output = new StreamWriter(context.Response.Body, leaveOpen: true);
        await format.Write(output, new ClaimedExport(export.Value, claim.Begins, claim.Missing, claim.Complete), context.RequestAborted);
        return Results.Empty;
    }

    private static ExportFormat? Wanted(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1).Select(type => type.MediaType.Value)
            .FirstOrDefault(type => type is "application/json" or AuditJsonLines.MediaType or AuditCsv.MediaType) switch
        {
            AuditJsonLines.MediaType => JsonLines,
            AuditCsv.MediaType => Csv,
            _ => null,
        };

    internal static async Task<Result<AuditFilter>> Filter(IMediator mediator, Query query, CancellationToken cancellation)
    {
        DomainId? domain = null;
        if (query.Domain is { } key)
        {
            var found = await mediator.Send(new FindKnownDomain(key), cancellation);
            if (found.Refusal is { } refusal) return refusal;
            domain = found.Value.Id;
        }

        if (!IsTime(query.From, out var from)) return NoTime("from", query.From);
        if (!IsTime(query.To, out var to)) return NoTime("to", query.To);
        return new AuditFilter(query.Actor, query.Type, domain, query.Checkpoint, query.Source, query.Correlation, from, to, query.Outcome, query.Owner);
    }

    /// <summary>Absent, or a time. One without an offset would be somebody's local time, and is none.</summary>
    internal static bool IsTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null) return true;
        var isDay = text.Length == "2026-03-06".Length;
        var hasOffset = text.Length > 6 && (text[^1] == 'Z' || text[^6] is '+' or '-');
        if (!(isDay || hasOffset) || !DateTimeOffset.TryParseExact(
            text, isDay ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            return false;
        time = parsed;
        return true;
    }

    private static Refusal NoTime(string name, string? text) =>
        new(Rule.RequestInvalid, $"{name} is '{text}', and has to be a time such as 2026-03-06T12:00:00Z or 2026-03-06T12:00:00+01:00, or a day such as 2026-03-06");

    internal sealed record ExportFormat(string ContentType, Func<TextWriter, ClaimedExport, CancellationToken, Task> Write);
}
