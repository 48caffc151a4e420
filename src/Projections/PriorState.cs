using EventCheckpoints.Domain;
using Marten;

namespace EventCheckpoints.Projections;

/// <summary>What the rows say before a batch, as far as the batch needs it: the current checkpoint, and the parents of those that it deletes.</summary>
internal sealed record PriorState(MomentName? Current, IReadOnlyDictionary<MomentName, MomentName?> Parents)
{
    private static readonly PriorState Nothing = new(null, new Dictionary<MomentName, MomentName?>());

    public static async Task<PriorState> LoadAsync(
        IDocumentOperations operations, Guid domain, IReadOnlyList<VersionedEvent> batch, CancellationToken cancellation)
    {
        if (!Needed(batch)) return Nothing;
        var deleted = batch.Select(e => e.Event).OfType<CheckpointDeleted>().Select(e => e.Name.Value).ToArray();
        var current = await operations.AdvancedSql.QueryAsync<string?>(
            $"select current from {Schema.Name}.domains where tenant_id = ? and domain_id = ?", cancellation, operations.TenantId, domain);
        var parents = deleted.Length == 0 ? [] : await operations.AdvancedSql.QueryAsync<string, string?>(
            $"""
            select name, parent from {Schema.Name}.checkpoint_states
            where tenant_id = ? and domain_id = ? and to_version is null and name = any (?)
            """,
            cancellation, operations.TenantId, domain, deleted);
        return new PriorState(
            current.Count == 0 ? null : Name(current[0]),
            parents.ToDictionary(row => MomentName.Trusted(row.Item1), row => Name(row.Item2)));
    }

    /// <summary>A stream's first batch has nothing before it, and a create says itself what is current: the common cases cost no read.</summary>
    private static bool Needed(IReadOnlyList<VersionedEvent> batch) =>
        batch[0].Version > 1 && batch.Select(e => e.Event).FirstOrDefault(DependsOnCurrentOrSetsIt) is CheckpointRedefined or CheckpointDeleted;

    private static bool DependsOnCurrentOrSetsIt(DomainEvent e) =>
        e is CheckpointCreated or CheckpointRedefined or CheckpointDeleted or CurrentCheckpointChanged;

    private static MomentName? Name(string? value) => value is null ? null : MomentName.Trusted(value);
}
