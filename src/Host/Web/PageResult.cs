using EventCheckpoints.Host.Http;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace EventCheckpoints.Host.Web;

/// <summary>Marks the endpoints that answer a person's browser with a page.</summary>
internal sealed record PageMark;

/// <summary>Who looks at a page.</summary>
/// <param name="Name">Null while nobody is signed in.</param>
/// <param name="HasToken">By a token, so that signing out means something; on loopback without tokens everybody is known.</param>
public sealed record Viewer(string? Name, bool MayWrite, bool HasToken)
{
    internal static Viewer Of(HttpContext context) => new(
        context.User.Identity?.Name, context.User.IsInRole(Access.Writer), context.User.Identity?.AuthenticationType == "token");
}

/// <summary>
/// A page, written on the server from Razor components, whole and without scripts in it. The renderer is used as it is: what ASP.NET Core puts around it would
/// bring data protection along, which writes keys to disk (see <see cref="AccessServices"/>).
/// </summary>
internal sealed class PageResult<TBody>(string title, Dictionary<string, object?> parameters, int status = StatusCodes.Status200OK) : IResult
    where TBody : IComponent
{
    /// <summary>Everything from here, no script or style inside of the text, no frame around it, forms to here alone.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        RenderFragment body = content =>
        {
            content.OpenComponent<TBody>(0);
            content.AddMultipleAttributes(1, parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value!)));
            content.CloseComponent();
        };
        var frame = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(Components.Frame.Title)] = title,
            [nameof(Components.Frame.Viewer)] = Viewer.Of(httpContext),
            [nameof(Components.Frame.Body)] = body,
        });
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Components.Frame>(frame)).ToHtmlString());
        var headers = httpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        // It may tell what the next person at this browser is not to see.
        headers.CacheControl = "no-store";
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        await httpContext.Response.WriteAsync(html, httpContext.RequestAborted);
    }
}
