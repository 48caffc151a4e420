using System.Collections.Immutable;
using System.Text.Json;
using EventCheckpoints.Domain;
using Npgsql;
using NpgsqlTypes;

namespace EventCheckpoints.Projections;

/// <summary>A domain itself, without its checkpoints, at a version of its stream.</summary>
/// <param name="Name">Null while it is not registered.</param>
internal sealed record DomainRow(DomainName? Name, DefinitionHash? Definition, long Version, MomentName? Current)
{
    public static DomainRow Unknown { get; } = new(null, null, 0, null);
}

/// <summary>What the rows say of one domain.</summary>
internal static class StateRows
{
    private const string Columns = "name, parent, description, creation_time, disks, definition, from_version";

    /// <summary>The domain as of now.</summary>
    public static Task<DomainRow> Now(NpgsqlConnection connection, DomainId domain, CancellationToken cancellation) => One(
        connection, $"select name, registered, definition, version, current from {Schema.Name}.domains where tenant_id = $1 and domain_id = $2", domain, null, cancellation);

    /// <summary>The domain behind the last transaction that ended at a version or before; version 0 where none did.</summary>
    public static Task<DomainRow> At(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation) => One(
        connection,
        $"""
        select name, registered, definition, version, current from {Schema.Name}.domain_states
        where tenant_id = $1 and domain_id = $2 and version <= $3 order by version desc limit 1
        """,
        domain, version, cancellation);

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

    /// <summary>On which host a domain was at a version, and the disks it had there.</summary>
    public static async Task<(HostName? Host, IReadOnlyList<HostDisk> Disks)> Seen(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        await using var command = AtVersion(
            connection, domain, version,
            $"""
            select f.field, (
                select v.value from {Schema.Name}.domain_values v
                where v.tenant_id = $1 and v.domain_id = $2 and v.field = f.field and v.from_version <= $3 order by v.from_version desc limit 1)
            from unnest(array['host', 'hostDisks']) f (field)
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        (HostName? Host, IReadOnlyList<HostDisk> Disks) seen = (null, []);
        while (await row.ReadAsync(cancellation))
        {
            if (row.IsDBNull(1)) continue;
            if (row.GetString(0) == "host") seen.Host = HostName.Trusted(row.GetString(1));
            else seen.Disks = JsonSerializer.Deserialize<HostDisk[]>(row.GetString(1), Wire.Options)!;
        }

        return seen;
    }

    /// <param name="sql">Of tenant, domain and version.</param>
    private static NpgsqlCommand AtVersion(NpgsqlConnection connection, DomainId domain, long version, string sql) =>
        new(sql, connection) { Parameters = { new() { Value = Schema.Tenant }, new() { Value = domain.Value }, new() { Value = version } } };

    private static async Task<DomainRow> One(NpgsqlConnection connection, string sql, DomainId domain, long? version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(domain.Value);
        if (version is { } at) command.Parameters.AddWithValue(at);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return DomainRow.Unknown;
        return new DomainRow(
            row.GetBoolean(1) ? DomainName.Trusted(row.GetString(0)) : null,
            row.IsDBNull(2) ? null : DefinitionHash.Trusted(row.GetString(2)),
            row.GetInt64(3),
            row.IsDBNull(4) ? null : MomentName.Trusted(row.GetString(4)));
    }
}
