using EventCheckpoints.Domain;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;

namespace EventCheckpoints.Projections;

/// <summary>
/// Events → rows: checkpoint_states (one row for each state a checkpoint has been in), definitions and domains. Set-based: one statement for a
/// domain's batch of events, however many. Inline it runs in the transaction of the append; a rebuild feeds it the same events again and gets the
/// same rows.
/// </summary>
/// <param name="replay">The events come from the database with their recorded time; inline, the database's clock is read in the statement.</param>
public sealed class StateProjection(bool replay) : IProjection
{
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var stream in events.GroupBy(e => e.StreamId))
        {
            var batch = stream.Select(e => new VersionedEvent(e.Version, (DomainEvent)e.Data, replay ? e.Timestamp : null)).ToArray();
            var prior = await PriorState.LoadAsync(operations, stream.Key, batch, cancellation);
            var changes = StateChanges.Of(batch, prior);
            foreach (var (sql, parameters) in StateSql.Of(operations.TenantId, stream.Key, changes)) operations.QueueSqlCommand(sql, parameters);
        }
    }
}

/// <summary>An event at its place in its stream. <paramref name="Recorded"/> is null while it is being appended.</summary>
public sealed record VersionedEvent(long Version, DomainEvent Event, DateTimeOffset? Recorded);
