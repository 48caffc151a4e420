namespace EventCheckpoints.Projections;

/// <summary>The part of a batch's statement that writes domain_states: common table expressions that read table domains as it was before.</summary>
internal static class DomainStateSql
{
    // The first row that is overtaken two indexes find, none as long as clocks go on; so it costs the same however long the domain's history is. A bound, since the
    // planner uses one in the index whatever it knows of the table, and a list of versions only where that seems to pay.
    // A transaction goes on with the row before it where their times are the same: a rebuild may cut one in two.
    public const string EnterStates =
        $"""
        transactions as (
            select t.version, coalesce(t.name, d.name) as name, coalesce(t.registered, d.registered) as registered,
                case when t.definition_said then t.definition else d.definition end as definition,
                case when t.current_said then t.current else d.current end as current,
                coalesce(t.recorded, now()) as recorded, coalesce(t.occurred, t.recorded, now()) as occurred
            from unnest(?::bigint[], ?::text[], ?::boolean[], ?::boolean[], ?::text[], ?::boolean[], ?::text[], ?::timestamptz[], ?::timestamptz[])
                as t (version, name, registered, definition_said, definition, current_said, current, recorded, occurred)
            left join {Schema.Name}.domains d on d.tenant_id = ? and d.domain_id = ?
        ), earliest as (
            select * from transactions order by version limit 1
        ), continued as (
            delete from {Schema.Name}.domain_states s using earliest t
            where s.tenant_id = ? and s.domain_id = ? and s.version = ? and s.recorded = t.recorded and s.occurred = t.occurred
        ), overtaken as (
            update {Schema.Name}.domain_states s
            set latest_recorded = s.latest_recorded and s.recorded < t.recorded, latest_occurred = s.latest_occurred and s.occurred < t.occurred
            from (select min(recorded) as recorded, min(occurred) as occurred from transactions) t
            where s.tenant_id = ? and s.domain_id = ?
                and s.version >= least(
                    (select r.version from {Schema.Name}.domain_states r
                    where r.tenant_id = ? and r.domain_id = ? and r.latest_recorded and r.recorded >= (select min(recorded) from transactions) order by r.recorded limit 1),
                    (select o.version from {Schema.Name}.domain_states o
                    where o.tenant_id = ? and o.domain_id = ? and o.latest_occurred and o.occurred >= (select min(occurred) from transactions) order by o.occurred limit 1))
                and ((s.latest_recorded and s.recorded >= t.recorded) or (s.latest_occurred and s.occurred >= t.occurred))
                and not exists (select from earliest c where s.version = ? and s.recorded = c.recorded and s.occurred = c.occurred)
        ), stood as (
            insert into {Schema.Name}.domain_states
                (tenant_id, domain_id, version, name, registered, definition, current, recorded, occurred, latest_recorded, latest_occurred)
            select ?, ?, version, name, registered, definition, current, recorded, occurred,
                coalesce(recorded < min(recorded) over later, true), coalesce(occurred < min(occurred) over later, true)
            from transactions
            window later as (order by version rows between 1 following and unbounded following)
        )

        """;

    public static object[] Parameters(string tenant, Guid domain, StateChanges changes) =>
    [
        Of(changes, s => s.Version), Of(changes, s => s.Name?.Value), Of(changes, s => s.Registered),
        Of(changes, s => s.DefinitionSaid), Of(changes, s => s.Definition?.Value), Of(changes, s => s.CurrentSaid), Of(changes, s => s.Current?.Value),
        Of(changes, s => s.Recorded?.ToUniversalTime()), Of(changes, s => s.Occurred?.ToUniversalTime()), tenant, domain,
        tenant, domain, changes.Before,
        tenant, domain, tenant, domain, tenant, domain, changes.Before,
        tenant, domain,
    ];

    private static T[] Of<T>(StateChanges changes, Func<EnteredDomainState, T> column) => [.. changes.Domain.Select(column)];
}
