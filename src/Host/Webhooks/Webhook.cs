using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>Somebody who is sent events over HTTP, by the rules of Standard Webhooks 1.0.0.</summary>
/// <param name="Secrets">What signs: the newest, and for a day after it was exchanged the one before.</param>
/// <param name="Position">See migration 0010.</param>
/// <param name="NotBefore">The target asked for a pause until then.</param>
/// <param name="Revision">Of what a caller set.</param>
public sealed record Webhook(
    Guid Id, Uri Url, string? Description, FeedFilter Filter, IReadOnlyList<SigningSecret> Secrets, string State, string? StateReason, long Position, DateTimeOffset? NotBefore, long Revision);

/// <param name="Until">It signs before then; null: until it is exchanged.</param>
public sealed record SigningSecret(WebhookSecret Secret, DateTimeOffset? Until = null)
{
    public bool Signs(DateTimeOffset at) => Until is not { } end || at < end;
}

/// <summary>The states of a webhook, as the API writes them.</summary>
public static class WebhookStates
{
    public const string Active = "active";

    /// <summary>By a person; its events wait.</summary>
    public const string Paused = "paused";

    /// <summary>By the target, which answered 410 Gone; its events wait for a person.</summary>
    public const string Disabled = "disabled";
}

/// <summary>The events of one domain on their way to one webhook.</summary>
/// <param name="Position">All up to it are delivered or given up.</param>
/// <param name="Until">The last that is known.</param>
/// <param name="Attempts">That failed, of the next event.</param>
/// <param name="Due">When the next attempt is; null: at once.</param>
public sealed record Lane(Domain.DomainId Domain, long Position, long Until, int Attempts = 0, DateTimeOffset? Due = null);

/// <summary>One attempt to deliver.</summary>
/// <param name="Status">HTTP's; null where no answer came.</param>
/// <param name="Error">Why it failed, in one line; null where it did not.</param>
/// <param name="RetryAfter">What the target asked for.</param>
public sealed record Attempt(DateTimeOffset At, TimeSpan Took, int? Status, string? Error, TimeSpan? RetryAfter = null)
{
    public bool IsDelivered => Error is null;

    /// <summary>The target is no more, and says so (Standard Webhooks: 410 disables).</summary>
    public bool IsGone => Status == StatusCodes.Status410Gone;

    /// <summary>The target has too much to do, or somebody on the way: all of its lanes wait.</summary>
    public bool IsOverloaded => Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status502BadGateway or StatusCodes.Status504GatewayTimeout || RetryAfter is not null;
}
