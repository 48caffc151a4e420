using System.Globalization;
using EventCheckpoints.Domain;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>An active legal hold.</summary>
/// <param name="Checkpoint">What it holds; null for the whole domain.</param>
/// <param name="Reason">Why it was placed.</param>
/// <param name="Actor">Who placed it.</param>
/// <param name="Version">The version of the event that placed it.</param>
/// <param name="Recorded">When it was placed, by the database's clock.</param>
public sealed record HoldItem(HoldId Id, MomentName? Checkpoint, string? Reason, string? Actor, long Version, DateTimeOffset Recorded);

/// <summary>The legal holds of a domain that were active at a version, in the order they were placed.</summary>
public sealed record ListHolds(DomainId Domain, long At, Paging Paging) : IRequest<Result<Page<HoldItem>>>;

/// <summary>From table holds; who and why stand with the event that placed each. The cursor is the version that placed the last one of the page before.</summary>
public sealed class Holds(NpgsqlDataSource database) : IRequestHandler<ListHolds, Result<Page<HoldItem>>>
{
    public async Task<Result<Page<HoldItem>>> Handle(ListHolds request, CancellationToken cancellationToken)
    {
        var after = 0L;
        if (request.Paging.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after)) return Paging.BadCursor(cursor);
        await using var command = database.CreateCommand(
            $"""
            select h.hold, h.checkpoint, e.headers->>'reason', e.headers->>'actor', h.from_version, h.recorded
            from {Schema.Name}.holds h
            join {Schema.Name}.mt_events e on e.tenant_id = h.tenant_id and e.stream_id = h.domain_id and e.version = h.from_version
            where h.tenant_id = $1 and h.domain_id = $2 and h.from_version <= $3 and (h.to_version is null or h.to_version > $3) and h.from_version > $4
            order by h.from_version limit $5
            """);
        foreach (object value in (object[])[Schema.Tenant, request.Domain.Value, request.At, after, request.Paging.Limit + 1]) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<HoldItem>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new HoldItem(
                HoldId.Trusted(row.GetString(0)), Text(1) is { } name ? MomentName.Trusted(name) : null, Text(2), Text(3),
                row.GetInt64(4), row.GetFieldValue<DateTimeOffset>(5)));
        }

        return Page.Of(found, request.Paging.Limit, hold => hold.Version.ToString(CultureInfo.InvariantCulture));

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
