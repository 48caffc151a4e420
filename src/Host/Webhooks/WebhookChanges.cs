using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>A webhook to be.</summary>
public sealed record NewWebhook(Uri Url, string? Description, FeedFilter Filter, long Position);

/// <summary>Changes of webhooks by a caller, each in one transaction with its audit record. Whoever delivers sees the new revision and begins again with it.</summary>
public sealed class WebhookChanges(AuditWriter audit)
{
    /// <summary>How long the secret before the last one signs too.</summary>
    private static readonly TimeSpan Rotation = TimeSpan.FromHours(24);

    public async Task<(Guid Id, WebhookSecret Secret)> CreateAsync(NewWebhook webhook, string request, Envelope by)
    {
        var (id, secret) = (Guid.CreateVersion7(), WebhookSecret.Create());
        await audit.WriteAsync(Record(request, id, "created", webhook.Url), by, session => session.QueueSqlCommand(
            $"""
            insert into {Schema.Name}.webhooks (tenant_id, id, url, description, filter, secret, state, position, revision, created_by)
            values (?, ?, ?, nullif(?, ''), ?::jsonb, ?, '{WebhookStates.Active}', ?, 1, nullif(?, ''))
            """,
            Schema.Tenant, id, webhook.Url.AbsoluteUri, webhook.Description ?? "", JsonSerializer.Serialize(webhook.Filter, Wire.Options), secret.Reveal(), webhook.Position, by.Actor ?? ""));
        return (id, secret);
    }

    public Task PauseAsync(Webhook webhook, string request, Envelope by) => SetAsync(webhook, "paused", request, by, $"state = '{WebhookStates.Paused}', state_reason = nullif(?, '')", by.Reason ?? "");

    /// <summary>What waits is tried again at once.</summary>
    public Task ResumeAsync(Webhook webhook, string request, Envelope by) => audit.WriteAsync(Record(request, webhook.Id, "resumed", webhook.Url), by, session =>
    {
        session.QueueSqlCommand(
            $"update {Schema.Name}.webhooks set state = '{WebhookStates.Active}', state_reason = null, not_before = null, revision = revision + 1 where tenant_id = ? and id = ?",
            Schema.Tenant, webhook.Id);
        session.QueueSqlCommand($"update {Schema.Name}.webhook_lanes set attempts = 0, due = null where tenant_id = ? and webhook = ?", Schema.Tenant, webhook.Id);
    });

    /// <summary>From now on the new secret signs, and for a day the last one too.</summary>
    public async Task<WebhookSecret> RotateAsync(Webhook webhook, string request, Envelope by)
    {
        var secret = WebhookSecret.Create();
        await SetAsync(webhook, "rotated", request, by, "old_secret = secret, old_secret_until = now() + ?, secret = ?", Rotation, secret.Reveal());
        return secret;
    }

    /// <summary>Sends everything behind a position, again; what was given up there is no dead letter any longer.</summary>
    public Task ReplayAsync(Webhook webhook, long position, string request, Envelope by) => audit.WriteAsync(Record(request, webhook.Id, "replayed", webhook.Url), by, session =>
    {
        // The webhook first: see WebhookLanes.
        session.QueueSqlCommand($"update {Schema.Name}.webhooks set position = ?, revision = revision + 1 where tenant_id = ? and id = ?", position, Schema.Tenant, webhook.Id);
        session.QueueSqlCommand($"delete from {Schema.Name}.webhook_lanes where tenant_id = ? and webhook = ?", Schema.Tenant, webhook.Id);
        session.QueueSqlCommand($"delete from {Schema.Name}.webhook_dead_letters where tenant_id = ? and webhook = ? and sequence > ?", Schema.Tenant, webhook.Id, position);
    });

    public Task DeleteAsync(Webhook webhook, string request, Envelope by) => audit.WriteAsync(Record(request, webhook.Id, "deleted", webhook.Url), by, session =>
        session.QueueSqlCommand($"delete from {Schema.Name}.webhooks where tenant_id = ? and id = ?", Schema.Tenant, webhook.Id));

    private Task SetAsync(Webhook webhook, string change, string request, Envelope by, string set, params object[] values) => audit.WriteAsync(Record(request, webhook.Id, change, webhook.Url), by, session =>
        session.QueueSqlCommand($"update {Schema.Name}.webhooks set {set}, revision = revision + 1 where tenant_id = ? and id = ?", [.. values, Schema.Tenant, webhook.Id]));

    private static WebhookChanged Record(string request, Guid id, string change, Uri url) => new(request, id, change, url.AbsoluteUri);
}
