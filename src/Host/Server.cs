using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Host.Sources;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host;

/// <summary>How to serve.</summary>
/// <param name="Urls">Where to listen, ';'-separated.</param>
/// <param name="Connection">A PostgreSQL connection string.</param>
/// <param name="Tokens">Who may ask; none: loopback only.</param>
public sealed record ServeOptions(string Urls, string Connection, IReadOnlyList<AccessToken> Tokens)
{
    /// <summary>Which changes have to say why.</summary>
    public RequiredReasons RequiredReasons { get; init; } = RequiredReasons.None;

    /// <summary>Whose new checkpoints are, by their names.</summary>
    public OwnerRules Owners { get; init; } = OwnerRules.None;

    /// <summary>How the tamper-evident log is kept.</summary>
    public LogSettings Log { get; init; } = LogSettings.WithoutKey;

    /// <summary>Where webhooks may lead to beside the public internet.</summary>
    public IReadOnlyList<IPNetwork> WebhookNetworks { get; init; } = [];

    /// <summary>Where events are published to; null: nowhere.</summary>
    public BrokerSettings? Broker { get; init; }

    /// <summary>The libvirt hosts that are learned from.</summary>
    public IReadOnlyList<SourceSettings> Sources { get; init; } = [];

    /// <summary>What deliveries and their retries go by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>The server.</summary>
public static class Server
{
    public static WebApplication Build(ServeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Urls.Split(';'));
        LogToStandardError(builder.Logging.ClearProviders()).SetMinimumLevel(LogLevel.Warning);
        // Where callers have to say who they are, its own words have a token that is of this run alone.
        var own = options.Sources.Count > 0 && options.Tokens.Count > 0 ? new AccessToken(SourceOptions.Actor, Access.Writer, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))) : null;
        builder.Services.AddEventCheckpoints(options);
        builder.Services.AddSources(new SourceOptions(options.Sources, own?.Token));
        builder.Services.ConfigureHttpJsonOptions(json => Wire.Configure(json.SerializerOptions));
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<Problems.FaultHandler>();
        builder.Services.AddOpenApi();
        builder.Services.AddAccess(own is null ? options.Tokens : [.. options.Tokens, own]);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        // Without tokens a page in a browser must not get here under a name of its own (DNS rebinding).
        if (options.Tokens.Count == 0) app.Use(CrossSite.RefuseForeignHosts);
        app.Use(CrossSite.RefuseChanges);
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(Recorded.Unread);
        app.Use(Recorded.RefuseNul);
        app.MapEventCheckpoints();
        return app;
    }

    /// <summary>A JSON array of {"name","role","token"}.</summary>
    /// <exception cref="StartupException">The file cannot be read, or says something else.</exception>
    public static IReadOnlyList<AccessToken> ReadTokens(string path)
    {
        try
        {
            var tokens = JsonSerializer.Deserialize<AccessToken[]>(File.ReadAllText(path), JsonSerializerOptions.Web);
            return tokens is { Length: > 0 } && tokens.All(token => token is { Name.Length: > 0, Token.Length: >= 16, Role: Access.Reader or Access.Writer })
                ? tokens
                : throw new StartupException($"{path}: each token needs a name, a role (reader or writer) and at least 16 characters");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupException($"{path}: {e.Message} It has to be a JSON array of {{\"name\",\"role\",\"token\"}}.");
        }
    }

    /// <summary>A JSON array of {"checkpoint","owner"}.</summary>
    /// <exception cref="StartupException">The file cannot be read, or says something else.</exception>
    public static OwnerRules ReadOwners(string path)
    {
        try
        {
            var rules = JsonSerializer.Deserialize<OwnerRule[]>(File.ReadAllText(path), Wire.Options);
            return rules is { Length: > 0 } && rules.All(rule => rule is { Checkpoint.Length: > 0, Owner.Value: not null })
                ? new OwnerRules(rules)
                : throw new StartupException($"{path}: each rule needs a pattern of checkpoint names and an owner");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupException($"{path}: {e.Message} It has to be a JSON array such as [{{\"checkpoint\":\"virtnbdbackup.*\",\"owner\":\"virtnbdbackup\"}}].");
        }
    }

    /// <exception cref="StartupException">No address, or not loopback while no token is configured.</exception>
    public static void CheckAddresses(string urls, IReadOnlyList<AccessToken> tokens)
    {
        var open = urls.Split(';').Where(url => !IsLoopback(url)).ToArray();
        if (tokens.Count == 0 && open.Length > 0)
            throw new StartupException($"{open[0]} can be reached from other machines, and no token is configured: give --tokens FILE, or listen on a loopback address such as {ProcessVerbs.DefaultUrl}.");
    }

    /// <summary>One line a message, on standard error: standard output is for answers.</summary>
    internal static ILoggingBuilder LogToStandardError(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

    /// <exception cref="StartupException">It is no address to listen on.</exception>
    private static bool IsLoopback(string url)
    {
        if (!Uri.TryCreate(url.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed)
            || parsed.Scheme != Uri.UriSchemeHttp)
            throw new StartupException($"'{url}' is no address to listen on: it reads like {ProcessVerbs.DefaultUrl}. For https put a proxy in front.");
        var address = BindingAddress.Parse(url);
        return address.IsUnixPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
