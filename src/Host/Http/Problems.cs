using EventCheckpoints.Domain;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace EventCheckpoints.Host.Http;

/// <summary>Refusals and faults as application/problem+json (RFC 9457). A fault's insides go to the log, never to the caller.</summary>
internal static class Problems
{
    public static IResult Problem(this Refusal refusal) => new RefusalResult(refusal);

    internal static ProblemDetails Details(Refusal refusal)
    {
        var meaning = RuleTable.Of(refusal.Rule);
        var details = new ProblemDetails
        {
            Type = $"urn:eventcheckpoints:rule:{meaning.Name}",
            Title = meaning.Title,
            Status = meaning.Status,
            Detail = refusal.Message,
            Extensions = { ["rule"] = meaning.Name, ["libvirt"] = meaning.LibvirtCode },
        };
        if (refusal.At is { } at) (details.Extensions["line"], details.Extensions["column"]) = (at.Line, at.Column);
        if (refusal.Items is { } items)
        {
            details.Extensions["items"] = items.Select(item => new
            {
                item.Index,
                item.Name,
                Rule = RuleTable.Of(item.Refusal.Rule).Name,
                Detail = item.Refusal.Message,
                item.Refusal.At?.Line,
                item.Refusal.At?.Column,
            });
        }

        return details;
    }

    /// <summary>A database that is away is 503 and worth another try; a request that the server could not read keeps its status; all else is a fault of ours.</summary>
    internal sealed class FaultHandler(ILogger<FaultHandler> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (httpContext.RequestAborted.IsCancellationRequested) return true;
            var (status, detail) = exception switch
            {
                BadHttpRequestException bad => (bad.StatusCode, bad.Message),
                _ when DatabaseFaults.IsAway(exception) => (StatusCodes.Status503ServiceUnavailable, "the database does not answer; nothing was changed as far as this server knows: ask again, commands are safe to repeat"),
                _ => (StatusCodes.Status500InternalServerError, "the server failed at this; its log says why"),
            };
            if (status >= StatusCodes.Status500InternalServerError)
            {
#pragma warning disable CA1848 // One line for a fault; a source-generated delegate would say no more.
                log.LogError(exception, "{Method} {Path} failed", httpContext.Request.Method, httpContext.Request.Path);
#pragma warning restore CA1848
            }

            if (status == StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = "1";
            await Results.Problem(new ProblemDetails
            {
                Type = $"urn:eventcheckpoints:fault:{status}",
                Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
                Status = status,
                Detail = detail,
            }).ExecuteAsync(httpContext);
            return true;
        }
    }
}
