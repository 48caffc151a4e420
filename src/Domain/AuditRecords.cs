namespace EventCheckpoints.Domain;

/// <summary>
/// What happened to the store and changed no domain: who was refused, who read the record. Kept beside the events, under the same rules: only added to,
/// never renamed, never edited. Each run of a host has a stream of its own for them.
/// </summary>
public abstract record AuditRecord;

/// <summary>A host began to serve, and from here on writes down what it refuses.</summary>
/// <param name="Host">The machine's name.</param>
public sealed record HostStarted(string Host) : AuditRecord;

/// <summary>A host ended in order. One that was killed leaves none.</summary>
/// <param name="Unrecorded">See <see cref="AccessDenied"/>; 0 where none were left out.</param>
public sealed record HostStopped(long Unrecorded) : AuditRecord;

/// <summary>A command that was refused: nothing was changed.</summary>
/// <param name="Request">The method, and path and query as they were sent.</param>
/// <param name="Domain">Which domain it was about, where there is or was such a one.</param>
/// <param name="Checkpoint">The name in the request's path, if there was one.</param>
/// <param name="Rule">The name of the rule, as <see cref="RuleTable"/> has it.</param>
/// <param name="Detail">The sentence that the caller was given.</param>
public sealed record CommandRefused(string Request, DomainId? Domain, string? Checkpoint, string Rule, string Detail) : AuditRecord;

/// <summary>A caller who is not known, or who may not do this; commands and reads alike.</summary>
/// <param name="Unrecorded">How many denials before it were left out, since callers who are not known may not fill the database.</param>
public sealed record AccessDenied(string Request, DomainId? Domain, string? Checkpoint, string Rule, string Detail, long Unrecorded) : AuditRecord;

/// <summary>Somebody read what stands recorded: a page of the audit log, or of a domain's history.</summary>
public sealed record AuditRead(string Request, DomainId? Domain) : AuditRecord;

/// <summary>Somebody took the records out, all that the request's filter lets through.</summary>
/// <param name="Through">Every event up to this sequence.</param>
public sealed record AuditExported(string Request, DomainId? Domain, long Through) : AuditRecord;

/// <summary>Somebody changed whom events are sent to.</summary>
/// <param name="Webhook">Its id.</param>
/// <param name="Change">created, paused, resumed, rotated, replayed or deleted.</param>
/// <param name="Url">Where it leads to.</param>
public sealed record WebhookChanged(string Request, Guid Webhook, string Change, string Url) : AuditRecord;
