using System.Text.Json;

namespace EventCheckpoints.Projections;

/// <summary>The statements that write a batch's changes: at most two, of a few constant texts, the rows in arrays.</summary>
internal static class StateSql
{
    private const string RecordDefinitions =
        $"""
        insert into {Schema.Name}.definitions (tenant_id, domain_id, hash, xml)
        select ?, ?, d.hash, d.xml from unnest(?::text[], ?::text[]) as d (hash, xml)
        """;

    // Copied states (only the parent differs) take the rest from the row that the same statement closes.
    private const string Closed =
        $"""
        closed as (
            update {Schema.Name}.checkpoint_states s set to_version = c.version
            from unnest(?::text[], ?::bigint[]) as c (name, version)
            where s.tenant_id = ? and s.domain_id = ? and s.name = c.name and s.to_version is null
            returning s.name, s.description, s.creation_time, s.disks, s.definition, s.began
        ), moved as (
            insert into {Schema.Name}.checkpoint_states
                (tenant_id, domain_id, name, from_version, to_version, parent, description, creation_time, disks, definition, recorded, began)
            select ?, ?, n.name, n.from_version, n.to_version, n.parent, c.description, c.creation_time, c.disks, c.definition, coalesce(n.recorded, now()), c.began
            from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::timestamptz[]) as n (name, from_version, to_version, parent, recorded)
            join closed c on c.name = n.name
        ),
        """;

    private const string RegisterDomain =
        $"""
        insert into {Schema.Name}.domains
            (tenant_id, domain_id, name, registered, definition, version, current, checkpoints, registered_at, changed_at)
        values (?, ?, ?, ?, ?::text, ?, ?::text, ? - CLOSED, coalesce(?::timestamptz, now()), coalesce(?::timestamptz, now()))
        """;

    // An undefined domain has no definition; its name stays, for the record, and is free for others.
    private const string UpdateDomain =
        $"""
        update {Schema.Name}.domains set
            name = coalesce(?::text, name),
            registered = coalesce(?::boolean, registered),
            definition = case when ? then ?::text else definition end,
            version = ?,
            current = case when ? then ?::text else current end,
            checkpoints = checkpoints + ? - CLOSED,
            registered_at = case when ?::boolean is true then coalesce(?::timestamptz, now()) else registered_at end,
            changed_at = coalesce(?::timestamptz, now())
        where tenant_id = ? and domain_id = ?
        """;

    // What closes nothing, a create above all, is a statement without that part.
    private static readonly (string Closing, string Other) Register = (Statement(closes: true, RegisterDomain), Statement(closes: false, RegisterDomain));

    private static readonly (string Closing, string Other) Update = (Statement(closes: true, UpdateDomain), Statement(closes: false, UpdateDomain));

    private static string Statement(bool closes, string domain) =>
        $"""
        with {(closes ? Closed : "")} stated as (
            insert into {Schema.Name}.checkpoint_states
                (tenant_id, domain_id, name, from_version, to_version, parent, description, creation_time, disks, definition, recorded, began)
            select ?, ?, n.name, n.from_version, n.to_version, n.parent, n.description, n.creation_time, n.disks::jsonb, n.definition, coalesce(n.recorded, now()),
                {(closes ? "case when n.new_life then n.began else coalesce(c.began, n.began) end" : "n.began")}
            from unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::timestamptz[], ?::bigint[], ?::boolean[])
                as n (name, from_version, to_version, parent, description, creation_time, disks, definition, recorded, began, new_life)
            {(closes ? "left join closed c on c.name = n.name" : "")}
        ), valued as (
            insert into {Schema.Name}.domain_values (tenant_id, domain_id, field, from_version, value)
            select ?, ?, v.field, v.from_version, v.value from unnest(?::text[], ?::bigint[], ?::text[]) as v (field, from_version, value)
        ), {DomainStateSql.EnterStates}
        {domain.Replace("CLOSED", closes ? "(select count(*) from closed)" : "0", StringComparison.Ordinal)}
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
        var closes = changes.Closed.Count > 0;
        object[] closed =
        [
            changes.Closed.Keys.Select(name => name.Value).ToArray(), changes.Closed.Values.ToArray(), tenant, domain,
            tenant, domain, Names(moved), Froms(moved), Tos(moved), Parents(moved), Recorded(moved),
        ];
        object[] states =
        [
            .. closes ? closed : [],
            tenant, domain, Names(stated), Froms(stated), Tos(stated), Parents(stated),
            stated.Select(s => s.Content!.Description).ToArray(),
            stated.Select(s => s.Content!.CreationTime.Seconds).ToArray(),
            stated.Select(s => JsonSerializer.Serialize(s.Content!.Disks, Wire.Options)).ToArray(),
            stated.Select(s => s.Content!.Definition?.Value).ToArray(),
            Recorded(stated), stated.Select(s => s.Began).ToArray(), stated.Select(s => s.IsNewLife).ToArray(),
            tenant, domain,
            changes.Values.Select(v => v.Field).ToArray(), changes.Values.Select(v => v.From).ToArray(), changes.Values.Select(v => v.Value).ToArray(),
            .. DomainStateSql.Parameters(tenant, domain, changes),
        ];
        var name = OrNull(changes.Name?.Value);
        var (registered, definition, current) = (OrNull(changes.Registered), OrNull(changes.Definition?.Value), OrNull(changes.Current?.Value));
        var opened = changes.Entered.Count(state => state.To is null);
        var (since, time) = (OrNull(changes.RegisteredAt?.ToUniversalTime()), OrNull(changes.Recorded?.ToUniversalTime()));
        yield return changes.Before == 0
            ? (closes ? Register.Closing : Register.Other, [.. states, tenant, domain, name, registered, definition, changes.Version, current, opened, since, time])
            : (closes ? Update.Closing : Update.Other,
                [.. states, name, registered, changes.DefinitionSaid, definition, changes.Version, changes.CurrentSaid, current, opened, registered, since, time, tenant, domain]);
    }

    private static string[] Names(EnteredState[] states) => [.. states.Select(s => s.Name.Value)];

    private static long[] Froms(EnteredState[] states) => [.. states.Select(s => s.From)];

    private static long?[] Tos(EnteredState[] states) => [.. states.Select(s => s.To)];

    private static string?[] Parents(EnteredState[] states) => [.. states.Select(s => s.Parent?.Value)];

    private static DateTimeOffset?[] Recorded(EnteredState[] states) => [.. states.Select(s => s.Recorded?.ToUniversalTime())];

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
