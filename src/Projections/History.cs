using System.Globalization;
using EventCheckpoints.Domain;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>What happened to a domain, or to the checkpoints of one name in all their lives: a record an event.</summary>
/// <param name="Checkpoint">Only its own events. That it became current because another one was deleted is in the domain's history.</param>
/// <param name="NewestFirst">Else oldest first. Either way the pages do not move while events arrive: newer ones are before the first page, or behind the last.</param>
public sealed record ListHistory(DomainId Domain, MomentName? Checkpoint, bool NewestFirst, Paging Paging) : IRequest<Result<Page<HistoryRecord>>>;

/// <summary>A stream's versions become visible in their order, so a page's last version says where the next one begins.</summary>
public sealed class History(EventRows rows) : IRequestHandler<ListHistory, Result<Page<HistoryRecord>>>
{
    public async Task<Result<Page<HistoryRecord>>> Handle(ListHistory request, CancellationToken cancellationToken)
    {
        var edge = request.NewestFirst ? long.MaxValue : 0;
        if (request.Paging.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out edge)) return Paging.BadCursor(cursor);
        var (beyond, direction) = request.NewestFirst ? ("<", "desc") : (">", "asc");
        var events = request.Checkpoint is null
            ? $"""
              select * from {Schema.Name}.mt_events
              where tenant_id = $1 and stream_id = $2 and version {beyond} $3 order by version {direction} limit $4
              """
            : OfCheckpoint(request.NewestFirst, beyond, direction);
        List<NpgsqlParameter> parameters =
        [
            new() { Value = Schema.Tenant }, new() { Value = request.Domain.Value }, new() { Value = edge }, new() { Value = request.Paging.Limit + 1 },
        ];
        if (request.Checkpoint is { } checkpoint) parameters.Add(new NpgsqlParameter { Value = checkpoint.Value });
        var found = new List<HistoryRecord>();
        await foreach (var record in rows.ReadAsync(events, $"e.version {direction}", parameters, cancellationToken)) found.Add(record);
        return Page.Of(found, request.Paging.Limit, record => record.Version.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Every event of a checkpoint began or ended one of its rows, holds or marks, so those say which they are. Of as many rows as events are wanted, begun
    /// with the one that is open at the edge, each has at least one. Holds and marks are few.
    /// </summary>
    private static string OfCheckpoint(bool newestFirst, string beyond, string direction)
    {
        var from = newestFirst
            ? "s.from_version < $3"
            : $"""
              s.from_version >= coalesce((
                  select max(o.from_version) from {Schema.Name}.checkpoint_states o
                  where o.tenant_id = $1 and o.domain_id = $2 and o.name = $5 and o.from_version <= $3), 0)
              """;
        return
            $"""
            with states as (
                select s.from_version, s.to_version from {Schema.Name}.checkpoint_states s
                where s.tenant_id = $1 and s.domain_id = $2 and s.name = $5 and {from}
                order by s.from_version {direction} limit $4 + 1
            ), versions as (
                select from_version as version from states union select to_version from states where to_version is not null
                union select h.version from (
                    select from_version as version from {Schema.Name}.holds where tenant_id = $1 and domain_id = $2 and checkpoint = $5
                    union all
                    select to_version from {Schema.Name}.holds where tenant_id = $1 and domain_id = $2 and checkpoint = $5 and to_version is not null
                    union all
                    select from_version from {Schema.Name}.checkpoint_marks where tenant_id = $1 and domain_id = $2 and checkpoint = $5
                    union all
                    select to_version from {Schema.Name}.checkpoint_marks where tenant_id = $1 and domain_id = $2 and checkpoint = $5 and to_version is not null) h
                where h.version {beyond} $3
            )
            select m.* from versions v join {Schema.Name}.mt_events m on m.tenant_id = $1 and m.stream_id = $2 and m.version = v.version
            where v.version {beyond} $3 order by v.version {direction} limit $4
            """;
    }
}
