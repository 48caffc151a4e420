using System.Text.Json;
using EventCheckpoints.Projections;
using Npgsql;

namespace EventCheckpoints.Host.Sources;

/// <summary>A source as people see it.</summary>
/// <param name="Every">Seconds between looks.</param>
/// <param name="Started">When the last look began; null before the first.</param>
/// <param name="Ended">When the last look that ended did; null before.</param>
/// <param name="Succeeded">When the last look ended that could learn of all domains.</param>
/// <param name="Last">What came of the last look that ended.</param>
public sealed record SourceView(string Name, string Uri, int Every, DateTimeOffset? Started, DateTimeOffset? Ended, DateTimeOffset? Succeeded, SourceLook? Last);

/// <summary>All sources, by name.</summary>
public sealed record SourceList(IReadOnlyList<SourceView> Items);

/// <summary>Table sources: what came of looks, for whichever host is asked. Working state, no history: what was learned is in the events.</summary>
internal sealed class SourceRows(NpgsqlDataSource database)
{
    /// <summary>A look begins.</summary>
    /// <returns>When, by the database's clock.</returns>
    public async Task<DateTimeOffset> StartAsync(SourceSettings source, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"""
            insert into {Schema.Name}.sources (tenant_id, name, uri, every, started) values ($1, $2, $3, $4, now())
            on conflict (tenant_id, name) do update set uri = excluded.uri, every = excluded.every, started = now() returning started
            """);
        foreach (object value in (object[])[Schema.Tenant, source.Name, source.Uri, source.Every]) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return row.GetFieldValue<DateTimeOffset>(0);
    }

    public async Task EndAsync(string name, SourceLook look, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"update {Schema.Name}.sources set ended = now(), succeeded = case when $4 then now() else succeeded end, last = $3::jsonb where tenant_id = $1 and name = $2");
        foreach (object value in (object[])[Schema.Tenant, name, JsonSerializer.Serialize(look, Wire.Options), look.Problem is null]) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Whether somebody has asked for a look since.</summary>
    public async Task<bool> IsWantedAsync(string name, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select exists (select from {Schema.Name}.sources where tenant_id = $1 and name = $2 and wanted >= $3)");
        foreach (object value in (object[])[Schema.Tenant, name, since.ToUniversalTime()]) command.Parameters.AddWithValue(value);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Asks for a look.</summary>
    /// <returns>False where no host has ever looked there.</returns>
    public async Task<bool> WantAsync(string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"update {Schema.Name}.sources set wanted = now() where tenant_id = $1 and name = $2");
        foreach (object value in (object[])[Schema.Tenant, name]) command.Parameters.AddWithValue(value);
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <summary>All that any host of this database learns from or did, by name.</summary>
    public async Task<IReadOnlyList<SourceView>> AllAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select name, uri, every, started, ended, succeeded, last::text from {Schema.Name}.sources where tenant_id = $1 order by name");
        command.Parameters.AddWithValue(Schema.Tenant);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var all = new List<SourceView>();
        while (await row.ReadAsync(cancellation))
        {
            all.Add(new SourceView(
                row.GetString(0), row.GetString(1), row.GetInt32(2), Time(3), Time(4), Time(5),
                row.IsDBNull(6) ? null : JsonSerializer.Deserialize<SourceLook>(row.GetString(6), Wire.Options)));
        }

        return all;

        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}
