using BitFaster.Caching.Lfu;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;
using Npgsql;
using NpgsqlTypes;

namespace EventCheckpoints.Projections;

/// <summary>The definitions of domains by hash. What a hash stands for never changes, so what was read once may be kept.</summary>
public sealed class Definitions(NpgsqlDataSource database)
{
    /// <summary>A definition has some kilobytes, rarely a megabyte.</summary>
    private const int Kept = 256;

    private readonly ConcurrentLfu<(DomainId, DefinitionHash), Definition> _kept = new(Kept);

    /// <exception cref="InvalidOperationException">The rows name a definition that they do not hold.</exception>
    public async Task<Definition> GetAsync(DomainId domain, DefinitionHash hash, CancellationToken cancellation)
    {
        if (_kept.TryGet((domain, hash), out var kept)) return kept;
        var texts = await TextsAsync(domain, [hash], cancellation);
        var read = DefinitionReader.Read(texts[hash]);
        var definition = read.Refusal is null ? read.Value : throw new InvalidOperationException($"definition {hash} does not read: {read.Refusal.Message}");
        _kept.AddOrUpdate((domain, hash), definition);
        return definition;
    }

    /// <summary>The texts of several definitions in one query.</summary>
    /// <exception cref="InvalidOperationException">One is not there.</exception>
    public async Task<IReadOnlyDictionary<DefinitionHash, string>> TextsAsync(
        DomainId domain, IReadOnlyCollection<DefinitionHash> hashes, CancellationToken cancellation)
    {
        // A subquery for each hash, since only that is always answered by the whole key: on a table that was filled a moment ago PostgreSQL knows no
        // better than to read all of a domain's definitions for any other form.
        await using var command = database.CreateCommand(
            $"""
            select hash, (select d.xml from {Schema.Name}.definitions d where d.tenant_id = $1 and d.domain_id = $2 and d.hash = wanted.hash)
            from unnest($3) as wanted (hash)
            """);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(domain.Value);
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, hashes.Select(hash => hash.Value).ToArray());
        var texts = new Dictionary<DefinitionHash, string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (!row.IsDBNull(1)) texts[DefinitionHash.Trusted(row.GetString(0))] = row.GetString(1);
        }

        return texts.Count == hashes.Distinct().Count()
            ? texts
            : throw new InvalidOperationException($"of {hashes.Count} definitions of domain {domain} only {texts.Count} are there");
    }
}
