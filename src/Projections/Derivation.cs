using System.Text.Json;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>What a record says that is made from the payload of its event, for who has the payload and wants to know whether it was.</summary>
public static class Derivation
{
    /// <param name="type">What the record's stored name stands for.</param>
    /// <param name="payload">The event's JSON.</param>
    /// <returns>What of the record was not made from the payload, in words; null where all was, or the payload cannot be read.</returns>
    public static string? Contradiction(HistoryRecord record, Type type, string payload)
    {
        try
        {
            var happened = JsonSerializer.Deserialize(payload, type, Wire.Options);
            return record.Asked != (happened is AuditRecord audit ? Asked.Of(audit) : null) ? "what was asked and answered"
                : happened is DomainEvent ofDomain && !FieldChanges.Follow(ofDomain, record.Changes) ? "what changed"
                : null;
        }
        catch (JsonException)
        {
            // Its entry tells whether it was recorded like this.
            return null;
        }
    }
}
