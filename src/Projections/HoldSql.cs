namespace EventCheckpoints.Projections;

/// <summary>The statement that writes a batch's holds: one, however many; none where the batch has none, as nearly all.</summary>
internal static class HoldSql
{
    private const string ChangeHolds =
        $"""
        with released as (
            update {Schema.Name}.holds h set to_version = r.version from unnest(?::text[], ?::bigint[]) as r (hold, version)
            where h.tenant_id = ? and h.domain_id = ? and h.hold = r.hold and h.to_version is null
        )
        insert into {Schema.Name}.holds (tenant_id, domain_id, hold, checkpoint, from_version, to_version, recorded)
        select ?, ?, p.hold, p.checkpoint, p.from_version, p.to_version, coalesce(p.recorded, now())
        from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::timestamptz[]) as p (hold, checkpoint, from_version, to_version, recorded)
        """;

    public static IEnumerable<(string Sql, object[] Parameters)> Of(string tenant, Guid domain, StateChanges changes)
    {
        var placed = changes.Placed;
        if (placed.Count == 0 && changes.Released.Count == 0) yield break;
        yield return (ChangeHolds,
        [
            changes.Released.Keys.Select(hold => hold.Value).ToArray(), changes.Released.Values.ToArray(), tenant, domain, tenant, domain,
            placed.Select(hold => hold.Hold.Value).ToArray(), placed.Select(hold => hold.Checkpoint?.Value).ToArray(),
            placed.Select(hold => hold.From).ToArray(), placed.Select(hold => hold.To).ToArray(),
            placed.Select(hold => hold.Recorded?.ToUniversalTime()).ToArray(),
        ]);
    }
}
