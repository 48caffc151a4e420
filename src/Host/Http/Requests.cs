using System.Diagnostics;
using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using MediatR;
using Microsoft.Net.Http.Headers;

namespace EventCheckpoints.Host.Http;

/// <summary>An event in a command's answer.</summary>
public sealed record AppliedEvent(string Type, MomentName? Checkpoint);

/// <summary>The answer to a command.</summary>
/// <param name="Version">The domain's version after it, as the ETag says too.</param>
/// <param name="Changed">False where all was so already.</param>
/// <param name="Created">The command made the domain, the checkpoint or the hold, which was not there before.</param>
/// <param name="Hold">The legal hold it was about, where it was about one.</param>
public sealed record Applied(
    DomainId Domain, DomainName? DomainName, long Version, MomentName? Checkpoint, bool Changed, bool Created, IReadOnlyList<AppliedEvent> Events, HoldId? Hold);

/// <summary>What all requests have in common: who and why, the body within its bounds, If-Match, ETag.</summary>
internal static class Requests
{
    /// <summary>As libvirt's REMOTE_STRING_MAX is 4 MiB and virsh reads files of 10 MiB at most, 16 MiB takes all that they can send.</summary>
    public const int MaxXmlBytes = 16 * 1024 * 1024;

    /// <summary>Who asks; without an actor where the caller is not known, which no command gets past authorization with.</summary>
    public static Envelope Envelope(this HttpContext context)
    {
        var headers = context.Request.Headers;
        var reason = Uri.UnescapeDataString(headers["X-Audit-Reason"].ToString());
        return new Envelope(
            context.User.Identity?.Name,
            headers["X-Source"].ToString() is "cli" or "import" or "sync" ? headers["X-Source"].ToString() : "api",
            reason.Length == 0 ? null : reason,
            Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            Activity.Current is { ParentSpanId: var parent } && parent != default ? parent.ToString() : null,
            DateTimeOffset.UtcNow,
            context.Connection.RemoteIpAddress?.ToString(),
            context.User.Identity?.AuthenticationType ?? "none");
    }

    /// <summary>The body as XML text. Only XML types are taken: a page in a browser can send no such request without asking first.</summary>
    public static async Task<Result<string>> ReadXmlAsync(this HttpRequest request, CancellationToken cancellation)
    {
        if (!IsXml(request)) return new Refusal(Rule.RequestInvalid, $"the body is of type '{request.ContentType}', and has to be application/xml");
        var body = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellation)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxXmlBytes) return new Refusal(Rule.XmlTooLarge, $"the document has more than {MaxXmlBytes} bytes, the most that is taken");
        }

        return XmlText.Decode(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    public static bool IsXml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/xml", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("text/xml", StringComparison.OrdinalIgnoreCase));

    public static bool WantsXml(this HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
            .FirstOrDefault(type => type.MediaType.Value is "application/json" or "application/xml" or "text/xml")?.MediaType.Value
            is "application/xml" or "text/xml";

    /// <summary>The version that If-Match names (RFC 9110 §13.1.1); null without one.</summary>
    public static Result<Precondition> IfMatch(this HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString();
        if (header.Length == 0 || header == "*") return new Precondition(null);
        return header.Length > 2 && header[0] == '"' && header[^1] == '"'
            && long.TryParse(header.AsSpan(1, header.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new Precondition(version)
            : new Refusal(Rule.VersionMismatch, $"If-Match is {header}, and a domain's ETag is its version in quotes, such as \"17\"");
    }

    public static void SetVersion(this HttpResponse response, long version) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Who the caller says answers for what is new (?owner=).</summary>
    public static Result<ClaimedOwner> ClaimedOwner(string? given)
    {
        if (string.IsNullOrEmpty(given)) return new ClaimedOwner(null);
        return Owner.TryParse(given, out var owner) ? new ClaimedOwner(owner) : OwnerInvalid();
    }

    public static Refusal OwnerInvalid() =>
        new(Rule.OwnerInvalid, "an owner has 1 to 128 characters on one line, and neither begins nor ends with a blank");

    /// <summary>Sends a command for a domain and words its outcome.</summary>
    public static async Task<IResult> SubmitAsync(this IMediator mediator, HttpContext context, DomainId domain, Command command, Owner? owner = null)
    {
        var precondition = context.Request.IfMatch();
        if (precondition.Refusal is { } bad) return bad.Problem();
        var result = await mediator.Send(new Submit(domain, command, context.Envelope(), precondition.Value.Version, Owner: owner), context.RequestAborted);
        if (result.Refusal is { } refusal) return refusal.Problem();
        var (after, decision, before) = result.Value;
        context.Response.SetVersion(after.Version);
        var created = decision.Hold is { } hold ? !before.Holds.ContainsKey(hold) && after.Holds.ContainsKey(hold)
            : decision.Checkpoint is { } name ? !before.Forest.Contains(name) && after.Forest.Contains(name)
            : before.Name is null && after.Name is not null;
        var answer = new Applied(
            domain, after.Name ?? before.Name, after.Version, decision.Checkpoint, decision.Events.Count > 0, created,
            [.. decision.Events.Select(e => new AppliedEvent(Store.EventNames[e.GetType()], CheckpointOf(e)))], decision.Hold);
        var path = $"/v1/domains/{domain}";
        if (decision.Hold is { } placed) path += $"/holds/{placed}";
        else if (decision.Checkpoint is { } made) path += $"/checkpoints/{made}";
        return created ? Results.Created(path, answer) : Results.Ok(answer);
    }

    private static MomentName? CheckpointOf(DomainEvent e) => e switch
    {
        CheckpointCreated created => created.Name,
        CheckpointRedefined redefined => redefined.Name,
        CheckpointReparented reparented => reparented.Name,
        CheckpointDeleted deleted => deleted.Name,
        CurrentCheckpointChanged current => current.Name,
        HoldPlaced placed => placed.Name,
        HoldReleased released => released.Name,
        CheckpointLost lost => lost.Name,
        CheckpointFound found => found.Name,
        CheckpointDiskInvalidated invalid => invalid.Name,
        CheckpointDiskValidated valid => valid.Name,
        CheckpointOwnerChanged owned => owned.Name,
        _ => null,
    };
}

/// <summary>The version a caller insists on, if any.</summary>
internal sealed record Precondition(long? Version);

/// <summary>The owner that a caller names, if any.</summary>
internal sealed record ClaimedOwner(Owner? Owner);
