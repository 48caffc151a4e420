using EventCheckpoints.Domain;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>The events of all domains and the audit records, in the order of their sequence.</summary>
/// <param name="Paging">The cursor is the sequence of the last record that is known: a reader who keeps it gets every later event, each once.</param>
public sealed record ListAudit(AuditFilter Filter, bool NewestFirst, Paging Paging) : IRequest<Result<Page<HistoryRecord>>>;

/// <summary>All of them in one go, each with what its entry in the log is made of.</summary>
/// <param name="Through">Up to this sequence; no further than what can no longer be overtaken.</param>
/// <param name="After">Only what comes after this sequence; null: all, also what has a number that no event was ever given.</param>
public sealed record ExportAudit(AuditFilter Filter, long Through = long.MaxValue, long? After = null) : IRequest<Result<AuditExport>>;

/// <param name="Through">Every event up to this sequence was looked at.</param>
/// <param name="Records">They pass through one by one; memory does not grow with them.</param>
public sealed record AuditExport(long Through, IAsyncEnumerable<HistoryRecord> Records);

public sealed class Audit(EventRows rows, SafeSequence safe) : IRequestHandler<ListAudit, Result<Page<HistoryRecord>>>, IRequestHandler<ExportAudit, Result<AuditExport>>
{
    public async Task<Result<Page<HistoryRecord>>> Handle(ListAudit request, CancellationToken cancellationToken)
    {
        if (Unknown(request.Filter) is { } refusal) return refusal;
        var edge = request.NewestFirst ? long.MaxValue : 0;
        if (request.Paging.Cursor is { } cursor && !Sequence.TryParse(cursor, out edge)) return Paging.BadCursor(cursor);
        var (beyond, direction) = request.NewestFirst ? ("<", "desc") : (">", "asc");
        List<NpgsqlParameter> parameters =
        [
            new() { Value = Schema.Tenant }, new() { Value = await safe.ReachAsync(cancellationToken) }, new() { Value = edge }, new() { Value = request.Paging.Limit + 1 },
        ];
        var events =
            $"""
            select * from {Schema.Name}.mt_events e
            where e.tenant_id = $1 and e.seq_id <= $2 and e.seq_id {beyond} $3 and {request.Filter.Where(rows.Types, parameters)}
            order by e.seq_id {direction} limit $4
            """;
        var found = new List<HistoryRecord>();
        await foreach (var record in rows.ReadAsync(events, $"e.seq_id {direction}", parameters, cancellationToken)) found.Add(record);
        return Page.Of(found, request.Paging.Limit, record => record.Sequence);
    }

    public async Task<Result<AuditExport>> Handle(ExportAudit request, CancellationToken cancellationToken)
    {
        if (Unknown(request.Filter) is { } refusal) return refusal;
        var through = Math.Min(request.Through, await safe.ReachAsync(cancellationToken));
        List<NpgsqlParameter> parameters = [new() { Value = Schema.Tenant }, new() { Value = through }, new() { Value = request.After ?? long.MinValue }];
        var events = $"select * from {Schema.Name}.mt_events e where e.tenant_id = $1 and e.seq_id <= $2 and e.seq_id {(request.After is null ? ">=" : ">")} $3 and {request.Filter.Where(rows.Types, parameters)}";
        return new AuditExport(through, rows.ReadAsync(events, "e.seq_id", parameters, cancellationToken, evidence: true));
    }

    private Refusal? Unknown(AuditFilter filter) =>
        filter.Outcome is not (null or Outcomes.Success or Outcomes.Refused or Outcomes.Denied)
            ? new Refusal(Rule.RequestInvalid, $"outcome is '{filter.Outcome}', and has to be {Outcomes.Success}, {Outcomes.Refused} or {Outcomes.Denied}")
        : rows.Types.Any(filter.IsOfType) ? null
        : new Refusal(Rule.RequestInvalid, $"type '{filter.Type}' matches none of {string.Join(", ", rows.Types)}");
}
