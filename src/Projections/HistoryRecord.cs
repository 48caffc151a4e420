using System.Text.Json.Nodes;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>One event as an auditor reads it: what happened, to what, who did it, when and why.</summary>
/// <param name="Sequence">Its place in the order of all domains' events, as 20 digits, so that texts compare as the numbers do.</param>
/// <param name="DomainName">The name the domain had then.</param>
/// <param name="Version">Its place in the domain's own stream, from 1.</param>
/// <param name="Type">The event's stored name, such as checkpoint_created.</param>
/// <param name="Checkpoint">The checkpoint it is about; null where it is about the domain.</param>
/// <param name="Incarnation">
/// Which life of that name it belongs to: NAME@VERSION with the version of the event that began the life. A name that was deleted and made again
/// has two. Unique in its domain, and the same for ever.
/// </param>
/// <param name="Changes">What it changed; empty where a redefine repeated what was so and only moved the checkpoint among its siblings.</param>
/// <param name="Correlation">The trace that it belongs to.</param>
/// <param name="Causation">What in that trace led to it.</param>
/// <param name="Occurred">When its source says it happened.</param>
/// <param name="Recorded">When it was recorded, by the database's clock; the same for all events of one command.</param>
public sealed record HistoryRecord(
    string Sequence,
    DomainId Domain,
    DomainName? DomainName,
    long Version,
    string Type,
    MomentName? Checkpoint,
    string? Incarnation,
    IReadOnlyList<FieldChange> Changes,
    string? Actor,
    string? Source,
    string? Reason,
    string? Correlation,
    string? Causation,
    DateTimeOffset? Occurred,
    DateTimeOffset Recorded);

/// <summary>One field before and after an event.</summary>
/// <param name="Field">
/// Of a checkpoint: parent, description, creationTime, disks, definition (its hash). Of a checkpoint or the whole domain: hold (the id of a legal
/// hold). Of the domain: current, name, definition (where the record names
/// no checkpoint), recordedDefinition (a text that was stored).
/// </param>
/// <param name="Before">As the API writes the field elsewhere; null where there was none.</param>
public sealed record FieldChange(string Field, JsonNode? Before, JsonNode? After);
