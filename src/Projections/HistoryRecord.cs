using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>One event or audit record as an auditor reads it: what happened, to what, who did it, when and why.</summary>
/// <param name="Sequence">Its place in the order of all domains' events, as 20 digits, so that texts compare as the numbers do.</param>
/// <param name="Domain">Null for an audit record that is about none.</param>
/// <param name="DomainName">The name the domain had then; null for an audit record.</param>
/// <param name="Version">Its place in the domain's own stream, from 1; an audit record's in that of the host's run.</param>
/// <param name="Type">The event's stored name, such as checkpoint_created.</param>
/// <param name="Checkpoint">The checkpoint it is about; null where it is about the domain.</param>
/// <param name="Incarnation">
/// Which life of that name it belongs to: NAME@VERSION with the version of the event that began the life. A name that was deleted and made again
/// has two. Unique in its domain, and the same for ever.
/// </param>
/// <param name="Outcome">One of <see cref="Outcomes"/>.</param>
/// <param name="Asked">What was asked and how it was answered, of audit records; or why the payload of a record cannot be read, which it always can unless it was tampered with.</param>
/// <param name="Changes">What it changed; empty where a redefine repeated what was so and only moved the checkpoint among its siblings.</param>
/// <param name="Correlation">The trace that it belongs to.</param>
/// <param name="Causation">What in that trace led to it.</param>
/// <param name="Occurred">When its source says it happened.</param>
/// <param name="Recorded">When it was recorded, by the database's clock; the same for all events of one command.</param>
/// <param name="LogIndex">Its place in the tamper-evident log, which a proof is asked by; null for the moment until it has one.</param>
/// <param name="Evidence">In exports alone: what the log's entry is made of, so that the record can be checked against it.</param>
/// <param name="Address">Of the caller.</param>
/// <param name="Authentication">How the caller was known: token, loopback or none.</param>
/// <param name="Software">What recorded it, with its version.</param>
public sealed record HistoryRecord(
    string Sequence,
    DomainId? Domain,
    DomainName? DomainName,
    long Version,
    string Type,
    MomentName? Checkpoint,
    string? Incarnation,
    string Outcome,
    Asked? Asked,
    IReadOnlyList<FieldChange> Changes,
    string? Actor,
    string? Source,
    string? Reason,
    string? Correlation,
    string? Causation,
    DateTimeOffset? Occurred,
    DateTimeOffset Recorded,
    string? Address,
    string? Authentication,
    string? Software,
    long? LogIndex,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Evidence? Evidence = null);

/// <summary>An event as the database has it, and the entry that the log has of it.</summary>
/// <param name="Id">Of the event.</param>
/// <param name="Stream">A domain's, or that of a host's run.</param>
/// <param name="Payload">The event's JSON, as text, letter for letter.</param>
/// <param name="Headers">Those beside it, likewise.</param>
/// <param name="Entry">The log's entry, letter for letter; null where it has none.</param>
/// <param name="Hash">The leaf's hash in the log, in base64.</param>
/// <param name="Archived">Marten's mark, which hides an event from who reads its stream. Nothing here sets it.</param>
public sealed record Evidence(
    Guid Id, Guid Stream, string Payload, string? Headers, string? Entry, string? Hash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Archived = false);

/// <summary>A request that was refused or denied, or that read what stands recorded.</summary>
/// <param name="Request">Its method, path and query; null for a host that started or stopped.</param>
/// <param name="Rule">The rule that refused it; null where none did.</param>
/// <param name="Detail">What the caller was told, or what else there is to say.</param>
public sealed record Asked(string? Request, string? Rule, string? Detail)
{
    /// <exception cref="InvalidOperationException">A record that this version of the software does not know.</exception>
    internal static Asked Of(AuditRecord record) => record switch
    {
        CommandRefused e => new Asked(e.Request, e.Rule, e.Detail),
        AccessDenied e => new Asked(e.Request, e.Rule, e.Unrecorded == 0 ? e.Detail : $"{e.Detail}; {e.Unrecorded} denials before it were left out"),
        AuditRead e => new Asked(e.Request, null, null),
        AuditExported e => new Asked(e.Request, null, $"everything up to {Sequence.Text(e.Through)}"),
        WebhookChanged e => new Asked(e.Request, null, $"webhook {e.Webhook} to {e.Url} {e.Change}"),
        HostStarted e => new Asked(null, null, $"on {e.Host}"),
        HostStopped e => new Asked(null, null, e.Unrecorded == 0 ? null : $"{e.Unrecorded} denials before it were left out"),
        _ => throw new InvalidOperationException($"audit record of unknown type {record.GetType().Name}"),
    };
}

/// <summary>One field before and after an event.</summary>
/// <param name="Field">
/// Of a checkpoint: parent, description, creationTime, disks, definition (its hash). Of a checkpoint or the whole domain: hold (the id of a legal
/// hold). Of the domain: current, name, definition (where the record names
/// no checkpoint), recordedDefinition (a text that was stored).
/// </param>
/// <param name="Before">As the API writes the field elsewhere; null where there was none.</param>
public sealed record FieldChange(string Field, JsonNode? Before, JsonNode? After);
