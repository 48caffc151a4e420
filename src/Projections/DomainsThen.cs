using EventCheckpoints.Domain;
using MediatR;
using Npgsql;
using NpgsqlTypes;

namespace EventCheckpoints.Projections;

/// <summary>The domains that were registered at a time, in the order they had been registered, each as it was then.</summary>
/// <param name="At">A time. A version is one domain's, and no point in the past of all.</param>
public sealed record ListDomainsThen(AsOf At, bool? WithCheckpoints, Paging Paging) : IRequest<Result<Page<DomainSummary>>>;

/// <summary>A few probes of indexes for each domain that ever was, for each page: who was registered when is known only then.</summary>
public sealed class DomainsThen(NpgsqlDataSource database, PastVersions versions) : IRequestHandler<ListDomainsThen, Result<Page<DomainSummary>>>
{
    // The columns are those of Domains. Checkpoints are counted as StateRows reads them.
    private const string Sql =
        $"""
        select * from (
            select d.domain_id, s.name, s.version, checkpoints.count, s.current, s.definition, s.recorded,
                (select r.recorded from {Schema.Name}.domain_states r
                 where r.tenant_id = d.tenant_id and r.domain_id = d.domain_id and r.version > coalesce((
                     select u.version from {Schema.Name}.domain_states u
                     where u.tenant_id = d.tenant_id and u.domain_id = d.domain_id and u.version <= s.version and not u.registered
                     order by u.version desc limit 1), 0)
                 order by r.version limit 1) as registered_at,
                (select count(*) from {Schema.Name}.holds h
                 where h.tenant_id = d.tenant_id and h.domain_id = d.domain_id and h.from_version <= s.version and (h.to_version is null or h.to_version > s.version))::integer as holds,
                (select v.value from {Schema.Name}.domain_values v
                 where v.tenant_id = d.tenant_id and v.domain_id = d.domain_id and v.field = 'host' and v.from_version <= s.version order by v.from_version desc limit 1) as host,
                marked.lost, marked.invalid
            from {Schema.Name}.domains d
            cross join lateral (
                select * from {Schema.Name}.domain_states s
                where s.tenant_id = d.tenant_id and s.domain_id = d.domain_id and s.latest_COLUMN and s.COLUMN <= $2
                order by s.COLUMN desc limit 1) s
            cross join lateral (
                select ((select count(*) from {Schema.Name}.checkpoint_states c
                         where c.tenant_id = d.tenant_id and c.domain_id = d.domain_id and c.from_version <= s.version and c.to_version is null)
                     + (select count(*) from {Schema.Name}.checkpoint_states c
                        where c.tenant_id = d.tenant_id and c.domain_id = d.domain_id and c.from_version <= s.version and c.to_version > s.version and c.to_version is not null
                            and int8range((uuid_hash(c.domain_id)::bigint << 32) + c.from_version, (uuid_hash(c.domain_id)::bigint << 32) + c.to_version)
                                @> (uuid_hash(d.domain_id)::bigint << 32) + s.version))::integer as count) checkpoints
            cross join lateral (
                select count(distinct m.checkpoint) filter (where m.mark = '{Marks.Lost}')::integer as lost,
                    count(distinct m.checkpoint) filter (where m.mark not in ('{Marks.Lost}', '{Marks.Owner}'))::integer as invalid
                from {Schema.Name}.checkpoint_marks m
                where m.tenant_id = d.tenant_id and m.domain_id = d.domain_id and m.from_version <= s.version and (m.to_version is null or m.to_version > s.version)) marked
            where d.tenant_id = $1 and s.registered and s.definition is not null and ($5::boolean is null or (checkpoints.count > 0) = $5)) past
        where (registered_at, domain_id) > ($3, $4) order by registered_at, domain_id limit $6
        """;

    public async Task<Result<Page<DomainSummary>>> Handle(ListDomainsThen request, CancellationToken cancellationToken)
    {
        if (request.At.Time is not { } time)
            return new Refusal(Rule.RequestInvalid, $"'{request.At.Text}' is a version, which is one domain's: a list of domains takes a time such as 2026-11-20T12:00:00Z");
        if (await versions.StillToComeAsync(request.At, cancellationToken) is { } toCome) return toCome;
        if (!Domains.TryParse(request.Paging.Cursor, out var since, out var after)) return Paging.BadCursor(request.Paging.Cursor!);
        await using var command = database.CreateCommand(Sql.Replace("COLUMN", PastVersions.Column(request.At), StringComparison.Ordinal));
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(time.UtcDateTime);
        command.Parameters.AddWithValue(since);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(NpgsqlDbType.Boolean, (object?)request.WithCheckpoints ?? DBNull.Value);
        command.Parameters.AddWithValue(request.Paging.Limit + 1);
        return await Domains.PageAsync(command, request.Paging.Limit, cancellationToken);
    }
}
