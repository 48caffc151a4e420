using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Http;

/// <summary>
/// Keeps pages of other sites from changing anything through a browser on this machine, where everybody on loopback is a writer: some bodies (forms) a
/// browser sends without asking first. It always says where such a request comes from (Fetch Metadata, Fetch standard's Origin); programs say nothing.
/// </summary>
internal static class CrossSite
{
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
