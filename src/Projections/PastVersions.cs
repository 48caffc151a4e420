using EventCheckpoints.Domain;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>A version of a domain's stream that is there; 0 is before its first event.</summary>
public sealed record VersionOf(DomainId Domain, long Version);

/// <summary>Which domain and which of its versions a question about the past means.</summary>
public sealed class PastVersions(NpgsqlDataSource database)
{
    /// <summary>
    /// The domain of a UUID; of a name the one that was called so at that time, else the one that is called so now, else the one that was last.
    /// </summary>
    /// <param name="time">Null where only a version is given.</param>
    public async Task<DomainId?> DomainAsync(string key, AsOf? time, CancellationToken cancellation)
    {
        if (DomainId.TryParse(key, out var id)) return id;
        // One probe for each domain that was ever called so, however often it changed.
        if (time?.Time is not null && await Ask(
            $"""
            with recursive called (domain_id) as (
                (select domain_id from {Schema.Name}.domain_states where tenant_id = $1 and name = $2 order by domain_id limit 1)
                union all
                select (select s.domain_id from {Schema.Name}.domain_states s
                    where s.tenant_id = $1 and s.name = $2 and s.domain_id > c.domain_id order by s.domain_id limit 1)
                from called c where c.domain_id is not null)
            select c.domain_id from called c cross join lateral (
                select s.name, s.registered from {Schema.Name}.domain_states s
                where s.tenant_id = $1 and s.domain_id = c.domain_id and {Before(time)} order by {Column(time)} desc limit 1) s
            where s.name = $2 and s.registered
            order by c.domain_id limit 1
            """,
            key, time.Time, cancellation) is Guid then)
            return new DomainId(then);
        return await Ask(
            $"""
            select coalesce(
                (select domain_id from {Schema.Name}.domains where tenant_id = $1 and name = $2 and registered),
                (select domain_id from {Schema.Name}.domains where tenant_id = $1 and name = $2 and not registered order by changed_at desc limit 1))
            """,
            key, null, cancellation) is Guid last ? new DomainId(last) : null;
    }

    /// <summary>The newest version at a point in time; what is still to come is refused.</summary>
    public async Task<Result<VersionOf>> VersionAsync(DomainId domain, AsOf at, CancellationToken cancellation)
    {
        if (at.Version is { } version)
        {
            var now = (long?)await Ask($"select version from {Schema.Name}.domains where tenant_id = $1 and domain_id = $2", domain.Value, null, cancellation) ?? 0;
            return version <= now ? new VersionOf(domain, version) : new Refusal(Rule.StillToCome, $"domain {domain} is at version {now}, and {at.Text} is still to come");
        }

        if (await StillToComeAsync(at, cancellation) is { } toCome) return toCome;
        return new VersionOf(domain, (long?)await Ask(
            $"select s.version from {Schema.Name}.domain_states s where s.tenant_id = $1 and s.domain_id = $2 and {Before(at)} order by {Column(at)} desc limit 1",
            domain.Value, at.Time, cancellation) ?? 0);
    }

    /// <summary>Refuses a time that the database's clock has not reached: asked again later, the answer would be another.</summary>
    public async Task<Refusal?> StillToComeAsync(AsOf at, CancellationToken cancellation) =>
        await Ask("select clock_timestamp() where clock_timestamp() < $2 and $1 is not null", at.Time!, null, cancellation) is DateTime clock
            ? new Refusal(Rule.StillToCome, $"it is {clock:yyyy-MM-ddTHH:mm:ss.ffffffZ} by the database's clock, and {at.Text} is still to come")
            : null;

    /// <summary>The version of the event that created a checkpoint, the last time if it was created more than once; null where it never was.</summary>
    public async Task<long?> CreatedAsync(DomainId domain, MomentName name, CancellationToken cancellation) => (long?)await Ask(
        $"""
        select max(s.from_version) from {Schema.Name}.checkpoint_states s
        where s.tenant_id = $1 and s.domain_id = $2 and s.name = $3 and not exists (
            select from {Schema.Name}.checkpoint_states p
            where p.tenant_id = s.tenant_id and p.domain_id = s.domain_id and p.name = s.name and p.to_version = s.from_version)
        """,
        domain.Value, name.Value, cancellation);

    /// <summary>When a version was recorded; null for version 0.</summary>
    public async Task<DateTimeOffset?> RecordedAsync(VersionOf at, CancellationToken cancellation) => await Ask(
        $"""
        select s.recorded from {Schema.Name}.domain_states s
        where s.tenant_id = $1 and s.domain_id = $2 and s.version >= $3 and $3 > 0 order by s.version limit 1
        """,
        at.Domain.Value, at.Version, cancellation) is DateTime time ? new DateTimeOffset(time) : null;

    private static string Before(AsOf at) => $"s.latest_{Column(at)} and s.{Column(at)} <= $3";

    internal static string Column(AsOf at) => at.Occurred ? "occurred" : "recorded";

    /// <summary>The first value of an answer; $1 is the tenant.</summary>
    private async Task<object?> Ask(string sql, object about, object? more, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(Utc(about));
        if (more is not null) command.Parameters.AddWithValue(Utc(more));
        return await command.ExecuteScalarAsync(cancellation) is { } found and not DBNull ? found : null;
        static object Utc(object value) => value is DateTimeOffset time ? time.UtcDateTime : value;
    }
}
