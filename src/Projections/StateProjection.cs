using System.Globalization;
using EventCheckpoints.Domain;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;

namespace EventCheckpoints.Projections;

/// <summary>
/// Events → rows: checkpoint_states (one row for each state a checkpoint has been in), definitions, domain_states, holds, checkpoint_marks and domains. Set-based: one statement for a
/// domain's batch of events, however many. Inline it runs in the transaction of the append; a rebuild feeds it the same events again and gets the
/// same rows.
/// </summary>
/// <param name="replay">The events come from the database with their recorded time; inline, the database's clock is read in the statement.</param>
public sealed class StateProjection(bool replay) : IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        // Audit records change no row.
        foreach (var stream in events.Where(e => e.Data is DomainEvent).GroupBy(e => e.StreamId))
        {
            var batch = stream.Select(e => new VersionedEvent(e.Version, (DomainEvent)e.Data, replay ? e.Timestamp : null, Occurred(e))).ToArray();
            var prior = await PriorState.LoadAsync(operations, stream.Key, batch, cancellation);
            var changes = StateChanges.Of(batch, prior);
            foreach (var (sql, parameters) in StateSql.Of(operations.TenantId, stream.Key, changes)
                .Concat(HoldSql.Of(operations.TenantId, stream.Key, changes)).Concat(MarkSql.Of(operations.TenantId, stream.Key, changes)))
                operations.QueueSqlCommand(sql, parameters);
        }
    }

    /// <summary>The header of the same name: a time while it is being appended, text when it was read.</summary>
    private static DateTimeOffset? Occurred(IEvent e) => e.GetHeader("occurred") switch
    {
        null => null,
        DateTimeOffset time => time,
        var text => DateTimeOffset.Parse(text.ToString()!, CultureInfo.InvariantCulture),
    };
}

/// <summary>An event at its place in its stream.</summary>
/// <param name="Recorded">Null while it is being appended.</param>
/// <param name="Occurred">When the source says it happened; null where it does not.</param>
public sealed record VersionedEvent(long Version, DomainEvent Event, DateTimeOffset? Recorded, DateTimeOffset? Occurred = null);
