using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace EventCheckpoints.Host.Http;

/// <summary>A refusal as the answer to a request: problem+json (RFC 9457), once it is written down where it has to be.</summary>
internal sealed class RefusalResult(Refusal refusal) : IResult
{
    public Refusal Refusal { get; } = refusal;

    public Task ExecuteAsync(HttpContext httpContext) => Results.Problem(Problems.Details(Refusal)).ExecuteAsync(httpContext);
}

/// <summary>What of the requests becomes audit records: refused commands, denials of any kind, and reads of what stands recorded.</summary>
internal static class Recorded
{
    /// <summary>Of each text that a caller has a say in.</summary>
    private const int MaxCharacters = 2_000;

    /// <summary>Of every endpoint of the API: what it refuses is recorded before it is answered.</summary>
    public static async ValueTask<object?> Refusals(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var answer = await next(call);
        var context = call.HttpContext;
        if (answer is RefusalResult { Refusal: var refusal })
        {
            if (RuleTable.Of(refusal.Rule).Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden) await context.RecordDenialAsync(refusal);
            else if (!CrossSite.IsSafe(context.Request)) await context.RecordRefusalAsync(refusal);
        }

        return answer;
    }

    /// <summary>
    /// What the server itself turns away before any rule is asked: a body or query that is none, a method or path that is not there. Of callers who are known; the others
    /// asked nothing that anything depends on.
    /// </summary>
    public static async Task Unread(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException bad)
        {
            await context.RecordUnreadAsync(bad.StatusCode, bad.Message);
            throw;
        }

        // Whoever refused by a rule has begun to answer.
        if (!context.Response.HasStarted) await context.RecordUnreadAsync(context.Response.StatusCode, "it could not be read, or nothing here does that");
    }

    /// <summary>A query with a NUL in it is refused for all endpoints at once: nothing has a NUL in its name, and no text of PostgreSQL takes one.</summary>
    public static async Task RefuseNul(HttpContext context, RequestDelegate next)
    {
        if (context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) != true)
        {
            await next(context);
            return;
        }

        var refusal = new Refusal(Rule.RequestInvalid, "the query has a NUL (%00) in it, and no name, text or time has one");
        if (!CrossSite.IsSafe(context.Request) && context.User.Identity?.Name is not null) await context.RecordRefusalAsync(refusal);
        await refusal.Problem().ExecuteAsync(context);
    }

    private static async Task RecordUnreadAsync(this HttpContext context, int status, string detail)
    {
        if (status is < 400 or >= 500 || CrossSite.IsSafe(context.Request) || context.User.Identity?.Name is null) return;
        await context.RecordRefusalAsync(new Refusal(Rule.RequestInvalid, $"{status} {ReasonPhrases.GetReasonPhrase(status)}: {detail}"));
    }

    /// <summary>For those who answer outside of any endpoint.</summary>
    public static async Task DenyAsync(this HttpContext context, Refusal refusal)
    {
        await context.RecordDenialAsync(refusal);
        await refusal.Problem().ExecuteAsync(context);
    }

    public static Task RecordReadAsync(this HttpContext context, DomainId? domain) =>
        Writer(context).WriteAsync(new AuditRead(Request(context), domain), By(context));

    public static Task RecordExportAsync(this HttpContext context, DomainId? domain, long through) =>
        Writer(context).WriteAsync(new AuditExported(Request(context), domain, through), By(context));

    internal static async Task RecordRefusalAsync(this HttpContext context, Refusal refusal) => await Writer(context).WriteAsync(
        new CommandRefused(Request(context), await Domain(context), Checkpoint(context), RuleTable.Of(refusal.Rule).Name, Plain(refusal.Message)), By(context));

    /// <summary>A stranger's denial costs no look at the domain.</summary>
    internal static async Task RecordDenialAsync(this HttpContext context, Refusal refusal) => await Writer(context).DeniedAsync(
        new AccessDenied(
            Request(context), context.User.Identity?.Name is null ? null : await Domain(context), Checkpoint(context), RuleTable.Of(refusal.Rule).Name, Plain(refusal.Message), 0),
        By(context));

    private static AuditWriter Writer(HttpContext context) => context.RequestServices.GetRequiredService<AuditWriter>();

    /// <summary>As records name it.</summary>
    internal static string Request(HttpContext context) => Plain($"{context.Request.Method} {context.Request.GetEncodedPathAndQuery()}");

    private static string? Checkpoint(HttpContext context) => context.Request.RouteValues["name"] is string name ? Plain(name) : null;

    /// <summary>The caller as for a command; a reason that no command would have been taken with is kept as far as it can be.</summary>
    private static Envelope By(HttpContext context) => context.Envelope() is { Reason: { } reason } by ? by with { Reason = Plain(reason) } : context.Envelope();

    /// <summary>What callers sent may be anything; a record holds one line of it, of moderate length, that the database can take.</summary>
    private static string Plain(string given)
    {
        var text = new StringBuilder();
        foreach (var rune in given.EnumerateRunes())
        {
            if (text.Length >= MaxCharacters) return text.Append('…').ToString();
            text.Append((Rune.IsControl(rune) ? Rune.ReplacementChar : rune).ToString());
        }

        return text.ToString();
    }

    /// <summary>Null where no such domain ever was, or the request is about none.</summary>
    private static async Task<DomainId?> Domain(HttpContext context)
    {
        if (context.Request.RouteValues["domain"] is not string key) return null;
        var found = await context.RequestServices.GetRequiredService<IMediator>().Send(new FindKnownDomain(key), CancellationToken.None);
        return found.Refusal is null ? found.Value.Id : null;
    }
}
