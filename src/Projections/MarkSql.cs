namespace EventCheckpoints.Projections;

/// <summary>The statements that write a batch's marks, of constant text; none where the batch has none and ends no checkpoint, as nearly all.</summary>
internal static class MarkSql
{
    private const string ChangeMarks =
        $"""
        with ended as (
            update {Schema.Name}.checkpoint_marks m set to_version = u.version from unnest(?::text[], ?::text[], ?::bigint[]) as u (checkpoint, mark, version)
            where m.tenant_id = ? and m.domain_id = ? and m.checkpoint = u.checkpoint and m.mark = u.mark and m.to_version is null
        )
        insert into {Schema.Name}.checkpoint_marks (tenant_id, domain_id, checkpoint, mark, from_version, to_version, value)
        select ?, ?, n.checkpoint, n.mark, n.from_version, n.to_version, n.value::jsonb
        from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[]) as n (checkpoint, mark, from_version, to_version, value)
        """;

    // A checkpoint that is gone takes with it what was said of it; what is said of a later one of its name stays.
    private const string EndMarks =
        $"""
        update {Schema.Name}.checkpoint_marks m set to_version = e.version from unnest(?::text[], ?::bigint[]) as e (checkpoint, version)
        where m.tenant_id = ? and m.domain_id = ? and m.checkpoint = e.checkpoint and m.to_version is null and m.from_version < e.version
        """;

    public static IEnumerable<(string Sql, object[] Parameters)> Of(string tenant, Guid domain, StateChanges changes)
    {
        var (ended, entered, gone) = (changes.Marking.Unmarked, changes.Marking.Marked, changes.Marking.Ended);
        if (ended.Count > 0 || entered.Count > 0)
        {
            yield return (ChangeMarks,
            [
                ended.Keys.Select(key => key.Checkpoint.Value).ToArray(), ended.Keys.Select(key => key.Mark).ToArray(), ended.Values.ToArray(), tenant, domain, tenant, domain,
                entered.Select(mark => mark.Checkpoint.Value).ToArray(), entered.Select(mark => mark.Mark).ToArray(),
                entered.Select(mark => mark.From).ToArray(), entered.Select(mark => mark.To).ToArray(), entered.Select(mark => mark.Value).ToArray(),
            ]);
        }

        if (gone.Count > 0)
            yield return (EndMarks, [gone.Keys.Select(name => name.Value).ToArray(), gone.Values.ToArray(), tenant, domain]);
    }
}
