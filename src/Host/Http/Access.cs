using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace EventCheckpoints.Host.Http;

/// <summary>A static bearer token: whom it names, and what it may do (reader or writer).</summary>
public sealed record AccessToken(string Name, string Role, string Token);

internal sealed class AccessOptions : AuthenticationSchemeOptions
{
    public IReadOnlyList<AccessToken> Tokens { get; set; } = [];
}

/// <summary>
/// Who is asking. With tokens configured every request but those for /healthz, /readyz, /sign-in and /assets needs one (RFC 6750, or the cookie of SignIn); without any, only loopback is listened on and everybody
/// there is the writer "local".
/// </summary>
internal sealed class Access(IOptionsMonitor<AccessOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AccessOptions>(options, log, encoder)
{
    public const string SchemeName = "Bearer";
    public const string Reader = "reader";
    public const string Writer = "writer";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Options.Tokens.Count == 0) return Task.FromResult(Ticket("local", Writer, "loopback"));
        var header = Request.Headers.Authorization.ToString();
        // A browser that signed in has it in a cookie; who says it in the header means that one.
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) header = header["Bearer ".Length..].Trim();
        else if (header.Length > 0 || !Request.Cookies.TryGetValue(SignIn.Cookie, out header!)) return Task.FromResult(AuthenticateResult.NoResult());
        var found = Find(Options.Tokens, header);
        return Task.FromResult(found is null ? AuthenticateResult.Fail("unknown token") : Ticket(found.Name, found.Role, "token"));
    }

    /// <summary>Every token is compared, in constant time each, so that the time taken tells nothing of any.</summary>
    internal static AccessToken? Find(IEnumerable<AccessToken> tokens, string text)
    {
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        AccessToken? found = null;
        foreach (var token in tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(token.Token)))) found = token;
        }

        return found;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // Somebody who opens a page is shown where to sign in; nothing was asked for yet that is worth a record.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<PageMark>() is not null && CrossSite.IsSafe(Request))
        {
            Response.Redirect(SignIn.Address(Request));
            return Task.CompletedTask;
        }

        Response.Headers.WWWAuthenticate = SchemeName;
        return Context.DenyAsync(new Refusal(Rule.Unauthenticated, "this server wants a token it knows: Authorization: Bearer TOKEN"));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Context.DenyAsync(new Refusal(Rule.Forbidden, $"'{Context.User.Identity?.Name}' may read only; this needs the role {Writer}"));

    private static AuthenticateResult Ticket(string name, string role, string method)
    {
        // A writer reads too.
        Claim[] claims = role == Writer
            ? [new(ClaimTypes.Name, name), new(ClaimTypes.Role, Writer), new(ClaimTypes.Role, Reader)]
            : [new(ClaimTypes.Name, name), new(ClaimTypes.Role, Reader)];
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, method)), SchemeName));
    }
}

internal static class AccessServices
{
    /// <summary>AddAuthentication would bring data protection with it, which writes keys to disk; a static token needs none.</summary>
    public static void AddAccess(this IServiceCollection services, IReadOnlyList<AccessToken> tokens)
    {
        services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = Access.SchemeName;
            authentication.AddScheme<Access>(Access.SchemeName, null);
        });
        services.AddWebEncoders();
        services.Configure<AccessOptions>(Access.SchemeName, scheme => scheme.Tokens = tokens);
        services.AddAuthorizationBuilder()
            // What forgets to say who may is not open to all.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Access.Reader).Build())
            .AddPolicy(Access.Reader, policy => policy.RequireRole(Access.Reader))
            .AddPolicy(Access.Writer, policy => policy.RequireRole(Access.Writer));
    }
}
