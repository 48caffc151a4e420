using EventCheckpoints.Domain;
using Microsoft.Extensions.Primitives;

namespace EventCheckpoints.Host.Http;

/// <summary>
/// Keeps pages of other sites from changing anything through a browser on this machine, where everybody on loopback is a writer: some bodies (forms) a
/// browser sends without asking first. It always says where such a request comes from (Fetch Metadata, Fetch standard's Origin); programs say nothing.
/// </summary>
internal static class CrossSite
{
    /// <summary>What a server on loopback alone is called.</summary>
    private static readonly StringSegment[] OwnHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>A page can have a name of its own lead to this machine (DNS rebinding), which a browser then takes for the page's own site.</summary>
    public static Task RefuseForeignHosts(HttpContext context, RequestDelegate next) =>
        !context.Request.Host.HasValue || HostString.MatchesAny(context.Request.Host.Value, OwnHosts)
            ? next(context)
            : context.DenyAsync(new Refusal(Rule.Forbidden, $"this server does not go by the name '{context.Request.Host}'"));

    public static Task RefuseChanges(HttpContext context, RequestDelegate next) =>
        IsSafe(context.Request) || IsOwn(context.Request)
            ? next(context)
            : context.DenyAsync(new Refusal(Rule.Forbidden, "a page of another site may not change anything here"));

    internal static bool IsSafe(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    private static bool IsOwn(HttpRequest request)
    {
        // "none" is a person's own doing, such as a bookmark.
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")) return false;
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
