using EventCheckpoints.Domain;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>A domain that is registered, or was.</summary>
/// <param name="Name">The last one it had.</param>
public sealed record KnownDomain(DomainId Id, DomainName Name, bool Registered, long Version);

/// <summary>
/// A domain by UUID, by its name, or by the last name it had before it was undefined: of several that had it, the one that had it last. A registered
/// domain comes before those that are gone.
/// </summary>
public sealed record FindKnownDomain(string Key) : IRequest<Result<KnownDomain>>;

public sealed class KnownDomains(NpgsqlDataSource database) : IRequestHandler<FindKnownDomain, Result<KnownDomain>>
{
    public async Task<Result<KnownDomain>> Handle(FindKnownDomain request, CancellationToken cancellationToken)
    {
        var isId = DomainId.TryParse(request.Key, out var id);
        await using var command = database.CreateCommand(
            $"""
            select domain_id, name, registered, version from {Schema.Name}.domains
            where tenant_id = $1 and {(isId ? "domain_id = $2" : "name = $2")} order by registered desc, changed_at desc limit 1
            """);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(isId ? id.Value : request.Key);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (await row.ReadAsync(cancellationToken))
            return new KnownDomain(new DomainId(row.GetGuid(0)), DomainName.Trusted(row.GetString(1)), row.GetBoolean(2), row.GetInt64(3));
        return new Refusal(Rule.DomainNotFound, isId ? $"no domain with matching uuid '{id}'" : $"no domain with matching name '{request.Key}'");
    }
}
