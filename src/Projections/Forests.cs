using System.Collections.Immutable;
using System.Text.Json;
using BitFaster.Caching.Lfu;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using Npgsql;
using NpgsqlTypes;

namespace EventCheckpoints.Projections;

/// <summary>
/// A domain's state from its rows, now or at an earlier version, with the most used ones of now kept in memory. A kept state is never trusted by
/// itself: a reader asks for its version first, and a writer's append checks it.
/// </summary>
public sealed class Forests(NpgsqlDataSource database)
{
    /// <summary>Domains kept: a forest of 100,000 checkpoints takes about 60 MB, a usual one some kilobytes.</summary>
    private const int Kept = 1_000;

    private readonly ConcurrentLfu<DomainId, DomainState> _kept = new(Kept);

    /// <summary>What was last seen of the domain, however long ago; null if nothing is kept.</summary>
    public DomainState? LastSeen(DomainId domain) => _kept.TryGet(domain, out var state) ? state : null;

    /// <summary>Keeps a state unless a newer one is kept already.</summary>
    public void Keep(DomainState state)
    {
        if (LastSeen(state.Id) is not { } kept || kept.Version < state.Version) _kept.AddOrUpdate(state.Id, state);
    }

    /// <summary>The state as of now.</summary>
    public async Task<DomainState> NowAsync(DomainId domain, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (name, definition, version, current) = await DomainRow(connection, domain, cancellation);
        if (LastSeen(domain) is { } kept && kept.Version == version) return kept;
        var state = new DomainState(
            domain, version, name, definition,
            await Recorded(connection, domain, cancellation),
            Forest<Checkpoint>.Of(await Checkpoints(connection, domain, version, cancellation)),
            current);
        Keep(state);
        return state;
    }

    /// <summary>The checkpoints as they were at a version of the domain.</summary>
    public async Task<Forest<Checkpoint>> AtAsync(DomainId domain, long version, CancellationToken cancellation)
    {
        if (LastSeen(domain) is { } kept && kept.Version == version) return kept.Forest;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return Forest<Checkpoint>.Of(await Checkpoints(connection, domain, version, cancellation));
    }

    private static async Task<(DomainName? Name, DefinitionHash? Definition, long Version, MomentName? Current)> DomainRow(
        NpgsqlConnection connection, DomainId domain, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select name, registered, definition, version, current from {Schema.Name}.domains where tenant_id = $1 and domain_id = $2", connection);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(domain.Value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return (null, null, 0, null);
        return (
            row.GetBoolean(1) ? DomainName.Trusted(row.GetString(0)) : null,
            row.IsDBNull(2) ? null : DefinitionHash.Trusted(row.GetString(2)),
            row.GetInt64(3),
            row.IsDBNull(4) ? null : MomentName.Trusted(row.GetString(4)));
    }

    private static async Task<ImmutableHashSet<DefinitionHash>> Recorded(NpgsqlConnection connection, DomainId domain, CancellationToken cancellation)
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
    private static async Task<List<Checkpoint>> Checkpoints(
        NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select name, parent, description, creation_time, disks, definition from {Schema.Name}.checkpoint_states
            where tenant_id = $1 and domain_id = $2 and from_version <= $3 and (to_version is null or to_version > $3)
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
}
