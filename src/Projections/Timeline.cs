using EventCheckpoints.Domain;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>A domain's events in at most so many parts of about as many versions each, from the first on.</summary>
public sealed record GetTimeline(DomainId Domain, int Parts) : IRequest<IReadOnlyList<TimelinePart>>;

/// <summary>Some versions that follow each other.</summary>
/// <param name="Since">When the first was recorded.</param>
/// <param name="Until">When the last was.</param>
/// <param name="Made">How many of them created or redefined a checkpoint.</param>
/// <param name="Deleted">How many deleted one.</param>
/// <param name="Lost">How many say that a host has lost one, or that one cannot be relied on.</param>
public sealed record TimelinePart(long First, long Last, DateTimeOffset Since, DateTimeOffset Until, int Made, int Deleted, int Lost);

/// <summary>Counted in the database, in one pass over the domain's events without their payloads.</summary>
public sealed class Timelines(NpgsqlDataSource database) : IRequestHandler<GetTimeline, IReadOnlyList<TimelinePart>>
{
    public async Task<IReadOnlyList<TimelinePart>> Handle(GetTimeline request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            select min(e.version), max(e.version), min(e.timestamp), max(e.timestamp),
                count(*) filter (where e.type in ('checkpoint_created', 'checkpoint_redefined'))::integer,
                count(*) filter (where e.type = 'checkpoint_deleted')::integer,
                count(*) filter (where e.type in ('checkpoint_lost', 'checkpoint_disk_invalidated'))::integer
            from {Schema.Name}.mt_events e
            join {Schema.Name}.mt_streams s on s.tenant_id = e.tenant_id and s.id = e.stream_id
            where e.tenant_id = $1 and e.stream_id = $2
            group by (e.version - 1) * least($3, s.version) / s.version order by 1
            """);
        foreach (object value in (object[])[Schema.Tenant, request.Domain.Value, (long)request.Parts]) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var parts = new List<TimelinePart>();
        while (await row.ReadAsync(cancellationToken))
            parts.Add(new TimelinePart(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6)));
        return parts;
    }
}
