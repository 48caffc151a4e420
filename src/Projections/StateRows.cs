using System.Collections.Immutable;
using System.Text.Json;
using EventCheckpoints.Domain;
using Npgsql;
using NpgsqlTypes;

namespace EventCheckpoints.Projections;

/// <summary>A domain itself, without its checkpoints, at a version of its stream.</summary>
/// <param name="Name">Null while it is not registered.</param>
/// <param name="Host">Where it was seen last.</param>
/// <param name="Disks">Those that it had there.</param>
internal sealed record DomainValues(DomainName? Name, DefinitionHash? Definition, MomentName? Current, HostName? Host, IReadOnlyList<HostDisk> Disks);

/// <summary>What the rows say of one domain.</summary>
internal static class StateRows
{
    private const string Columns = "name, parent, description, creation_time, disks, definition, from_version";

    /// <summary>The domain's version now; 0 where it has no event.</summary>
    public static async Task<long> Version(NpgsqlConnection connection, DomainId domain, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select version from {Schema.Name}.domains where tenant_id = $1 and domain_id = $2", connection)
        {
            Parameters = { new() { Value = Schema.Tenant }, new() { Value = domain.Value } },
        };
        return await command.ExecuteScalarAsync(cancellation) is long version ? version : 0;
    }

    /// <summary>The definitions whose text the stream holds.</summary>
    public static async Task<ImmutableHashSet<DefinitionHash>> Recorded(NpgsqlConnection connection, DomainId domain, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select hash from {Schema.Name}.definitions where tenant_id = $1 and domain_id = $2", connection);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(domain.Value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var hashes = ImmutableHashSet.CreateBuilder<DefinitionHash>();
        while (await row.ReadAsync(cancellation)) hashes.Add(DefinitionHash.Trusted(row.GetString(0)));
        return hashes.ToImmutable();
    }

    // Rows are only ever closed, never changed, so those of a version stay readable while later ones are written.
    // The version that made a row is the one that linked the checkpoint: their order is the siblings' order.

    /// <summary>The checkpoints at a version, in the order they were linked.</summary>
    public static async Task<List<Checkpoint>> Checkpoints(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} from {Schema.Name}.checkpoint_states
            where tenant_id = $1 and domain_id = $2 and from_version <= $3 and to_version is null
            union all
            select {Columns} from {Schema.Name}.checkpoint_states
            where tenant_id = $1 and domain_id = $2 and from_version <= $3 and to_version > $3 and to_version is not null
                and int8range((uuid_hash(domain_id)::bigint << 32) + from_version, (uuid_hash(domain_id)::bigint << 32) + to_version) @> (uuid_hash($2)::bigint << 32) + $3
            order by from_version
            """,
            connection);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(domain.Value);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var checkpoints = new List<Checkpoint>();
        while (await row.ReadAsync(cancellation))
        {
            checkpoints.Add(new Checkpoint(
                MomentName.Trusted(row.GetString(0)),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(1) ? null : MomentName.Trusted(row.GetString(1)),
                new CreationTime(row.GetInt64(3)),
                JsonSerializer.Deserialize<CheckpointDisk[]>(row.GetString(4), Wire.Options)!,
                row.IsDBNull(5) ? null : DefinitionHash.Trusted(row.GetString(5))));
        }

        return checkpoints;
    }

    /// <summary>The holds that were active at a version.</summary>
    public static async Task<ImmutableDictionary<HoldId, MomentName?>> Holds(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        await using var command = AtVersion(
            connection, domain, version,
            $"""
            select hold, checkpoint from {Schema.Name}.holds
            where tenant_id = $1 and domain_id = $2 and from_version <= $3 and (to_version is null or to_version > $3)
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var holds = ImmutableDictionary.CreateBuilder<HoldId, MomentName?>();
        while (await row.ReadAsync(cancellation)) holds.Add(HoldId.Trusted(row.GetString(0)), row.IsDBNull(1) ? null : MomentName.Trusted(row.GetString(1)));
        return holds.ToImmutable();
    }

    /// <summary>What was said of checkpoints at a version.</summary>
    public static async Task<ImmutableDictionary<MomentName, CheckpointMarks>> Marks(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        await using var command = AtVersion(
            connection, domain, version,
            $"""
            select checkpoint, mark, value::text from {Schema.Name}.checkpoint_marks
            where tenant_id = $1 and domain_id = $2 and from_version <= $3 and (to_version is null or to_version > $3)
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var marks = new Dictionary<MomentName, CheckpointMarks>();
        while (await row.ReadAsync(cancellation))
        {
            var name = MomentName.Trusted(row.GetString(0));
            marks[name] = Projections.Marks.Read(marks.GetValueOrDefault(name, CheckpointMarks.None), row.GetString(1), row.GetString(2));
        }

        return marks.ToImmutableDictionary();
    }

    /// <summary>What the domain itself was at a version, in the middle of a transaction too.</summary>
    public static async Task<DomainValues> Values(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        await using var command = AtVersion(
            connection, domain, version,
            $"""
            select f.field, (
                select v.value from {Schema.Name}.domain_values v
                where v.tenant_id = $1 and v.domain_id = $2 and v.field = f.field and v.from_version <= $3 order by v.from_version desc limit 1)
            from unnest(array['name', 'definition', 'current', 'host', 'hostDisks']) f (field)
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var values = new Dictionary<string, string?>();
        while (await row.ReadAsync(cancellation)) values[row.GetString(0)] = row.IsDBNull(1) ? null : row.GetString(1);
        return new DomainValues(
            values["name"] is { } name ? DomainName.Trusted(name) : null,
            values["definition"] is { } definition ? DefinitionHash.Trusted(definition) : null,
            values["current"] is { } current ? MomentName.Trusted(current) : null,
            values["host"] is { } host ? HostName.Trusted(host) : null,
            values["hostDisks"] is { } disks ? JsonSerializer.Deserialize<HostDisk[]>(disks, Wire.Options)! : []);
    }

    /// <param name="sql">Of tenant, domain and version.</param>
    private static NpgsqlCommand AtVersion(NpgsqlConnection connection, DomainId domain, long version, string sql) =>
        new(sql, connection) { Parameters = { new() { Value = Schema.Tenant }, new() { Value = domain.Value }, new() { Value = version } } };
}
