using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace EventCheckpoints.Host.Http;

/// <summary>The answer to a redefine list.</summary>
/// <param name="DryRun">Nothing was appended; the rest says what would have been.</param>
public sealed record ListApplied(
    DomainId Domain,
    DomainName? DomainName,
    long Version,
    bool Changed,
    bool DryRun,
    IReadOnlyList<MomentName> Created,
    IReadOnlyList<MomentName> Redefined,
    IReadOnlyList<MomentName> Unchanged,
    MomentName? Current);

/// <summary>/v1/domains/{domain}/bulk: all checkpoints of a domain as one document, out and in.</summary>
internal static class BulkApi
{
    /// <summary>A list is read from a file on the server's disk, so its size is bounded by that, not by memory.</summary>
    public const long MaxListBytes = 4L * 1024 * 1024 * 1024;

    public static void MapBulk(this IEndpointRouteBuilder api)
    {
        api.MapGet("/domains/{domain}/bulk", Dump).RequireAuthorization(Access.Reader).Produces<string>(200, "application/xml");
        api.MapPost("/domains/{domain}/bulk", Redefine).RequireAuthorization(Access.Writer)
            .Accepts<string>("application/xml", "multipart/form-data").Produces<ListApplied>().WithMetadata(new RequestSizeLimitAttribute(MaxListBytes)).DisableAntiforgery();
    }

    private static async Task<IResult> Dump(
        IMediator mediator,
        HttpContext context,
        string domain,
        [FromQuery(Name = "no-domain")] bool? noDomain,
        [FromQuery(Name = "security-info")] bool? securityInfo,
        [AsParameters] AsOfQuery when)
    {
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        if (securityInfo == true && !context.User.IsInRole(Access.Writer)) return DomainsApi.SecureDenied("virDomainGetXMLDesc").Problem();
        var bulk = await mediator.Send(new GetBulkXml(found.Value.Domain, noDomain == true, securityInfo == true, found.Value.At), context.RequestAborted);
        context.Response.SetVersion(bulk.Version);
        context.Response.ContentType = "application/xml; charset=utf-8";
        var body = context.Response.BodyWriter;
        // Keeps the first half of a character whose second half begins the next piece.
        var utf8 = Encoding.UTF8.GetEncoder();
        await foreach (var piece in bulk.Pieces.WithCancellation(context.RequestAborted))
        {
            utf8.Convert(piece.Span, body, flush: false, out _, out _);
            await body.FlushAsync(context.RequestAborted);
        }

        return Results.Empty;
    }

    private static async Task<IResult> Redefine(
        IMediator mediator, HttpContext context, string domain, string? mode, [FromQuery(Name = "dry-run")] bool? dryRun, bool? register, string? owner)
    {
        if (mode is not (null or "empty" or "merge")) return new Refusal(Rule.RequestInvalid, $"mode is '{mode}', and has to be empty or merge").Problem();
        var precondition = context.Request.IfMatch();
        if (precondition.Refusal is { } bad) return bad.Problem();
        var claimed = Requests.ClaimedOwner(owner);
        if (claimed.Refusal is { } nobody) return nobody.Problem();
        var read = await ReadDocuments(context.Request, context.RequestAborted);
        if (read.Refusal is { } unread) return unread.Problem();
        var list = new RedefineList(read.Value, mode == "merge" ? ListMode.Merge : ListMode.Empty, Register: register == true);

        // A domain that was undefined is known again from the <domain> around its list.
        var around = list.Registration is { Id: not null } definition ? definition : null;
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal && (around is null || !IsAddressed(around, domain))) return refusal.Problem();
        var id = found.Refusal is null ? found.Value.Id : around!.Id!.Value;
        // Known by that uuid, but not by the name it was addressed by: it has been renamed, or the list is another one's.
        if (found.Refusal is not null && await mediator.Send(new FindDomain(id.ToString()), context.RequestAborted) is { Refusal: null, Value: var renamed } && renamed.Id == id)
            return new Refusal(Rule.DomainUuidDiffers, $"domain '{renamed.Name}' is already defined with uuid {id}").Problem();
        var holder = around is null ? null : await DomainsApi.Holder(mediator, around.Name, context.RequestAborted);

        var result = await mediator.Send(new Submit(id, list with { NameHeldBy = holder }, context.Envelope(), precondition.Value.Version, dryRun == true, claimed.Value.Owner), context.RequestAborted);
        if (result.Refusal is { } no) return no.Problem();
        var (after, decision, before) = result.Value;
        var report = decision.List!;
        var version = dryRun == true ? before.Version : after.Version;
        context.Response.SetVersion(version);
        return Results.Ok(new ListApplied(
            id, after.Name, version, decision.Events.Count > 0 && dryRun != true, dryRun == true, report.Created, report.Redefined, report.Unchanged, report.Current));
    }

    // COR_E_IO, which MultipartReader leaves as it is; a disk that is full has an error of its own, and is no fault of the caller's.
    private const int MalformedForm = unchecked((int)0x80131620);

    private static bool IsAddressed(Definition around, string domain) =>
        around.Name.Value == domain || (DomainId.TryParse(domain, out var id) && around.Id == id);

    private static async Task<Result<IReadOnlyList<ListDocument>>> ReadDocuments(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await ReadParts(request, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException || (e.GetType() == typeof(IOException) && e.HResult == MalformedForm))
        {
            return new Refusal(Rule.RequestInvalid, $"the form is not understood: {e.Message}");
        }
    }

    private static async Task<Result<IReadOnlyList<ListDocument>>> ReadParts(HttpRequest request, CancellationToken cancellation)
    {
        if (Requests.IsXml(request))
        {
            var one = await ReadDocument(request.Body, 0, cancellation);
            return one.Refusal is { } no ? no : new Result<IReadOnlyList<ListDocument>>([one.Value]);
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "multipart/form-data"
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            return new Refusal(Rule.RequestInvalid, $"the body is of type '{request.ContentType}', and has to be application/xml or multipart/form-data");

        // Several files in one request are one list: all are taken or none.
        var documents = new List<ListDocument>();
        var items = 0;
        var parts = new MultipartReader(boundary, request.Body) { BodyLengthLimit = MaxListBytes };
        while (await parts.ReadNextSectionAsync(cancellation) is { } part)
        {
            var read = await ReadDocument(part.Body, items, cancellation);
            if (read.Refusal is { } refusal)
            {
                var file = part.GetContentDispositionHeader()?.FileName.Value;
                return file is null ? refusal : refusal with { Text = $"{file}: {refusal.Text}" };
            }

            documents.Add(read.Value);
            items += read.Value.Items.Count;
        }

        return new Result<IReadOnlyList<ListDocument>>(documents);
    }

    private static async Task<Result<ListDocument>> ReadDocument(Stream body, int firstIndex, CancellationToken cancellation)
    {
        await using var spool = Spool.Open();
        await body.CopyToAsync(spool, cancellation);
        // A byte order mark is skipped, as libvirt skips it.
        var mark = new byte[3];
        spool.Position = 0;
        if (await spool.ReadAtLeastAsync(mark, mark.Length, throwOnEndOfStream: false, cancellation) < mark.Length || !mark.AsSpan().SequenceEqual("\uFEFF"u8)) spool.Position = 0;
        using var text = new StreamReader(spool, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        try
        {
            return ListReader.Read(text, firstIndex);
        }
        catch (DecoderFallbackException e)
        {
            return new Refusal(Rule.XmlMalformed, $"Input is not proper UTF-8, indicate encoding ! (byte 0x{e.BytesUnknown?.FirstOrDefault():X2})");
        }
    }
}
