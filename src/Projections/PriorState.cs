using System.Text.Json;
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
        var found = await operations.AdvancedSql.QueryAsync<string>(
            $"""
            select json_build_object('current', d.current, 'parents', (
                select coalesce(json_object_agg(s.name, s.parent), json_build_object()) from {Schema.Name}.checkpoint_states s
                where s.tenant_id = d.tenant_id and s.domain_id = d.domain_id and s.to_version is null and s.name = any (?)))::text
            from {Schema.Name}.domains d where d.tenant_id = ? and d.domain_id = ?
            """,
            cancellation, deleted, operations.TenantId, domain);
        return JsonSerializer.Deserialize<PriorState>(found.Single(), Wire.Options)!;
    }

    /// <summary>A stream's first batch has nothing before it, and a create says itself what is current: the common cases cost no read. A page of a rebuild holds many.</summary>
    private static bool Needed(IReadOnlyList<VersionedEvent> batch) =>
        batch[0].Version > 1
        && (batch.Any(e => e.Event is CheckpointDeleted) || batch.Select(e => e.Event).FirstOrDefault(DependsOnCurrentOrSetsIt) is CheckpointRedefined);

    private static bool DependsOnCurrentOrSetsIt(DomainEvent e) =>
        e is CheckpointCreated or CheckpointRedefined or CheckpointDeleted or CurrentCheckpointChanged;
}
