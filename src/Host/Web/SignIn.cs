using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Options;

namespace EventCheckpoints.Host.Web;

/// <summary>
/// A browser signs in with a token of the API and keeps it in a cookie that no script reads and that no other site's page has sent along. There is no session
/// on the server: every host knows the token, and who takes it out of the tokens' file ends it.
/// </summary>
internal static class SignIn
{
    public const string Cookie = "eventcheckpoints-token";

    /// <summary>Where to sign in, to come back to what was asked for.</summary>
    public static string Address(HttpRequest request) => $"/sign-in?to={Uri.EscapeDataString(request.GetEncodedPathAndQuery())}";

    public static IResult Show(string? to) => Form(to, null);

    public static async Task<IResult> Enter(HttpContext context, IOptionsMonitor<AccessOptions> access)
    {
        if (!context.Request.HasFormContentType) return new Refusal(Rule.RequestInvalid, "a form is wanted, with the field token").Page();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var token = form["token"].ToString().Trim();
        if (Access.Find(access.Get(Access.SchemeName).Tokens, token) is null)
        {
            var refusal = new Refusal(Rule.Unauthenticated, "this server does not know that token");
            await context.RecordDenialAsync(refusal);
            return Form(form["to"], refusal);
        }

        context.Response.Cookies.Append(Cookie, token, Options(context));
        return Results.LocalRedirect(Local(form["to"]));
    }

    public static IResult Leave(HttpContext context)
    {
        context.Response.Cookies.Delete(Cookie, Options(context));
        return Results.LocalRedirect("/sign-in");
    }

    private static PageResult<SignInBody> Form(string? to, Refusal? refusal) => new(
        "Sign in", new() { [nameof(SignInBody.To)] = Local(to), [nameof(SignInBody.Refusal)] = refusal }, refusal is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);

    /// <summary>Only to a page of this server: //other.example would be somebody else's.</summary>
    private static string Local(string? to) => to is ['/', ..] and not ['/', '/' or '\\', ..] && !to.Any(char.IsControl) ? to : "/";

    /// <summary>https is a proxy's in front of this server, which says so; who says it of himself keeps but his own cookie from being sent.</summary>
    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
        Path = "/",
    };
}
