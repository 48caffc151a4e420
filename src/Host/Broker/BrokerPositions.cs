using EventCheckpoints.Host.Duties;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Broker;

/// <summary>How far each broker has got, in the database, so that any host can go on from there.</summary>
internal sealed class BrokerPositions(NpgsqlDataSource database)
{
    /// <summary>The position of a broker, which is the given one if it has none yet.</summary>
    public async Task<long> OpenAsync(string name, long first, CancellationToken cancellation)
    {
        await using var begin = database.CreateCommand($"insert into {Schema.Name}.broker_positions (tenant_id, name, position) values ($1, $2, $3) on conflict do nothing");
        foreach (var value in (object[])[Schema.Tenant, name, first]) begin.Parameters.AddWithValue(value);
        await begin.ExecuteNonQueryAsync(cancellation);
        return await FindAsync(name, cancellation) ?? first;
    }

    /// <summary>Null where nothing has been published yet.</summary>
    public async Task<long?> FindAsync(string name, CancellationToken cancellation)
    {
        await using var find = database.CreateCommand($"select position from {Schema.Name}.broker_positions where tenant_id = $1 and name = $2");
        foreach (var value in (object[])[Schema.Tenant, name]) find.Parameters.AddWithValue(value);
        return (long?)await find.ExecuteScalarAsync(cancellation);
    }

    /// <exception cref="SupersededException">It is no longer where we left it.</exception>
    public async Task MoveAsync(string name, long from, long to, CancellationToken cancellation)
    {
        await using var move = database.CreateCommand($"update {Schema.Name}.broker_positions set position = $4 where tenant_id = $1 and name = $2 and position = $3");
        foreach (var value in (object[])[Schema.Tenant, name, from, to]) move.Parameters.AddWithValue(value);
        if (await move.ExecuteNonQueryAsync(cancellation) == 0) throw new SupersededException($"the position of {name} is no longer {from}: another host publishes to it");
    }
}
