using System.Text.Json;

namespace EventCheckpoints.Projections;

/// <summary>The statements that write a batch's changes: at most two, of constant text, with the rows in arrays.</summary>
internal static class StateSql
{
    private const string RecordDefinitions =
        $"""
        insert into {Schema.Name}.definitions (tenant_id, domain_id, hash, xml)
        select ?, ?, d.hash, d.xml from unnest(?::text[], ?::text[]) as d (hash, xml)
        """;

    // Copied states (only the parent differs) take the rest from the row that the same statement closes.
    private const string ChangeStates =
        $"""
        with closed as (
            update {Schema.Name}.checkpoint_states s set to_version = c.version
            from unnest(?::text[], ?::bigint[]) as c (name, version)
            where s.tenant_id = ? and s.domain_id = ? and s.name = c.name and s.to_version is null
            returning s.name, s.description, s.creation_time, s.disks, s.definition
        ), stated as (
            insert into {Schema.Name}.checkpoint_states
                (tenant_id, domain_id, name, from_version, to_version, parent, description, creation_time, disks, definition, recorded)
            select ?, ?, n.name, n.from_version, n.to_version, n.parent, n.description, n.creation_time, n.disks::jsonb, n.definition, coalesce(n.recorded, now())
            from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::timestamptz[])
                as n (name, from_version, to_version, parent, description, creation_time, disks, definition, recorded)
        ), moved as (
            insert into {Schema.Name}.checkpoint_states
                (tenant_id, domain_id, name, from_version, to_version, parent, description, creation_time, disks, definition, recorded)
            select ?, ?, n.name, n.from_version, n.to_version, n.parent, c.description, c.creation_time, c.disks, c.definition, coalesce(n.recorded, now())
            from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::timestamptz[]) as n (name, from_version, to_version, parent, recorded)
            join closed c on c.name = n.name
        )
        insert into {Schema.Name}.domains as d
            (tenant_id, domain_id, name, registered, definition, version, current, checkpoints, registered_at, changed_at)
        values (?, ?, ?::text, ?, ?::text, ?, ?::text, ? - (select count(*) from closed), coalesce(?::timestamptz, now()), coalesce(?::timestamptz, now()))
        on conflict (tenant_id, domain_id) do update set
            name = coalesce(excluded.name, d.name),
            registered = coalesce(?::boolean, d.registered),
            definition = case when ?::boolean is false then null else coalesce(excluded.definition, d.definition) end,
            version = excluded.version,
            current = case when ? then excluded.current else d.current end,
            checkpoints = d.checkpoints + excluded.checkpoints,
            registered_at = case when excluded.registered and not d.registered then excluded.registered_at else d.registered_at end,
            changed_at = excluded.changed_at
        """;

    public static IEnumerable<(string Sql, object[] Parameters)> Of(string tenant, Guid domain, StateChanges changes)
    {
        if (changes.Definitions.Count > 0)
        {
            yield return (RecordDefinitions,
            [
                tenant, domain,
                changes.Definitions.Select(d => d.Hash.Value).ToArray(),
                changes.Definitions.Select(d => d.Xml).ToArray(),
            ]);
        }

        var stated = changes.Entered.Where(state => state.Content is not null).ToArray();
        var moved = changes.Entered.Where(state => state.Content is null).ToArray();
        yield return (ChangeStates,
        [
            changes.Closed.Keys.Select(name => name.Value).ToArray(), changes.Closed.Values.ToArray(), tenant, domain,
            tenant, domain, Names(stated), Froms(stated), Tos(stated), Parents(stated),
            stated.Select(s => s.Content!.Description).ToArray(),
            stated.Select(s => s.Content!.CreationTime.Seconds).ToArray(),
            stated.Select(s => JsonSerializer.Serialize(s.Content!.Disks, Wire.Options)).ToArray(),
            stated.Select(s => s.Content!.Definition?.Value).ToArray(),
            Recorded(stated),
            tenant, domain, Names(moved), Froms(moved), Tos(moved), Parents(moved), Recorded(moved),
            tenant, domain, OrNull(changes.Name?.Value), changes.Registered ?? true, OrNull(changes.Definition?.Value),
            changes.Version, OrNull(changes.Current?.Value), changes.Entered.Count(state => state.To is null),
            OrNull(changes.Recorded?.UtcDateTime), OrNull(changes.Recorded?.UtcDateTime),
            OrNull(changes.Registered), OrNull(changes.Registered), changes.CurrentSaid,
        ]);
    }

    private static string[] Names(EnteredState[] states) => [.. states.Select(s => s.Name.Value)];

    private static long[] Froms(EnteredState[] states) => [.. states.Select(s => s.From)];

    private static long?[] Tos(EnteredState[] states) => [.. states.Select(s => s.To)];

    private static string?[] Parents(EnteredState[] states) => [.. states.Select(s => s.Parent?.Value)];

    private static DateTime?[] Recorded(EnteredState[] states) => [.. states.Select(s => s.Recorded?.UtcDateTime)];

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
