using System.Globalization;
using EventCheckpoints.Domain;
using MediatR;
using Npgsql;
using NpgsqlTypes;

namespace EventCheckpoints.Projections;

/// <summary>A domain in one line.</summary>
/// <param name="Version">The version of its stream: the number of events so far, and its ETag.</param>
/// <param name="Current">The checkpoint that the next create becomes a child of.</param>
/// <param name="Definition">The hash of the domain's own definition.</param>
/// <param name="Holds">How many legal holds are active, on the domain or on checkpoints of it.</param>
/// <param name="Host">The libvirt host that it was last seen on; null where none was, or that one has it no longer.</param>
/// <param name="Lost">How many checkpoints the host has lost.</param>
/// <param name="Invalid">How many checkpoints cannot be relied on for a disk.</param>
public sealed record DomainSummary(
    DomainId Id, DomainName Name, long Version, int Checkpoints, MomentName? Current, DefinitionHash Definition, DateTimeOffset LastChange, int Holds,
    HostName? Host, int Lost, int Invalid);

/// <summary>A registered domain by UUID or name.</summary>
public sealed record FindDomain(string Key) : IRequest<Result<DomainSummary>>;

/// <summary>The registered domains, in the order they were registered.</summary>
/// <param name="WithCheckpoints">Only those that have some, or only those that have none (virsh list --with-checkpoint, --without-checkpoint).</param>
/// <param name="Named">Only those whose name has this text somewhere in it, in capitals or not.</param>
/// <param name="Host">Only those that were last seen on this libvirt host.</param>
public sealed record ListDomains(bool? WithCheckpoints, Paging Paging, string? Named = null, HostName? Host = null) : IRequest<Result<Page<DomainSummary>>>;

/// <summary>Answers from table domains.</summary>
public sealed class Domains(NpgsqlDataSource database)
    : IRequestHandler<FindDomain, Result<DomainSummary>>, IRequestHandler<ListDomains, Result<Page<DomainSummary>>>
{
    private const string Columns =
        $"""
        domain_id, name, version, checkpoints, current, definition, changed_at, registered_at,
        (select count(*) from {Schema.Name}.holds h where h.tenant_id = domains.tenant_id and h.domain_id = domains.domain_id and h.to_version is null)::integer,
        {HostNow}, marked.lost, marked.invalid
        """;

    private const string HostNow =
        $"""
        (select v.value from {Schema.Name}.domain_values v
         where v.tenant_id = domains.tenant_id and v.domain_id = domains.domain_id and v.field = 'host' order by v.from_version desc limit 1)
        """;

    private const string Table =
        $"""
        {Schema.Name}.domains cross join lateral (
            select count(distinct m.checkpoint) filter (where m.mark = '{Marks.Lost}')::integer as lost,
                count(distinct m.checkpoint) filter (where m.mark not in ('{Marks.Lost}', '{Marks.Owner}'))::integer as invalid
            from {Schema.Name}.checkpoint_marks m where m.tenant_id = domains.tenant_id and m.domain_id = domains.domain_id and m.to_version is null) marked
        """;

    public async Task<Result<DomainSummary>> Handle(FindDomain request, CancellationToken cancellationToken)
    {
        var isId = DomainId.TryParse(request.Key, out var id);
        // A UUID wins over a name that looks like one, which is still found where nobody has that UUID (virshCommandOptDomainBy).
        await using var command = database.CreateCommand(
            $"""
            select {Columns} from {Table}
            where tenant_id = $1 and registered and {(isId ? "(domain_id = $3 or name = $2) order by domain_id = $3 desc limit 1" : "name = $2")}
            """);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(request.Key);
        if (isId) command.Parameters.AddWithValue(id.Value);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (await row.ReadAsync(cancellationToken)) return Read(row).Summary;
        return new Refusal(Rule.DomainNotFound, isId ? $"no domain with matching uuid '{id}'" : $"no domain with matching name '{request.Key}'");
    }

    public async Task<Result<Page<DomainSummary>>> Handle(ListDomains request, CancellationToken cancellationToken)
    {
        if (!TryParse(request.Paging.Cursor, out var since, out var after)) return Paging.BadCursor(request.Paging.Cursor!);
        // Which no name holds, and PostgreSQL takes in no text.
        if (request.Named?.Contains('\0', StringComparison.Ordinal) == true) return new Page<DomainSummary>([], null);
        await using var command = database.CreateCommand(
            $"""
            select {Columns} from {Table}
            where tenant_id = $1 and registered and (registered_at, domain_id) > ($2, $3) and ($4::boolean is null or (checkpoints > 0) = $4)
                and ($6::text is null or position(lower($6) in lower(name)) > 0)
                and ($7::text is null or (domain_id in (select v.domain_id from {Schema.Name}.domain_values v where v.tenant_id = $1 and v.field = 'host' and v.value = $7) and {HostNow} = $7))
            order by registered_at, domain_id limit $5
            """);
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(since);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(NpgsqlDbType.Boolean, (object?)request.WithCheckpoints ?? DBNull.Value);
        command.Parameters.AddWithValue(request.Paging.Limit + 1);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)request.Named ?? DBNull.Value);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)request.Host?.Value ?? DBNull.Value);
        return await PageAsync(command, request.Paging.Limit, cancellationToken);
    }

    /// <summary>A page of what a command answers, which asks for one row more than the page has.</summary>
    internal static async Task<Page<DomainSummary>> PageAsync(NpgsqlCommand command, int limit, CancellationToken cancellation)
    {
        var rows = new List<(DomainSummary Summary, DateTime Registered)>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) rows.Add(Read(row));
        var page = rows.Take(limit).ToArray();
        var next = rows.Count > page.Length
            ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].Registered.Ticks}.{page[^1].Summary.Id}")
            : null;
        return new Page<DomainSummary>([.. page.Select(entry => entry.Summary)], next);
    }

    /// <summary>What a cursor says to go on after; without one, the beginning.</summary>
    internal static bool TryParse(string? cursor, out DateTime registered, out Guid domain)
    {
        (registered, domain) = (DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), Guid.Empty);
        if (cursor is null) return true;
        var parts = cursor.Split('.');
        if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks) || ticks < 0 || ticks > DateTime.MaxValue.Ticks) return false;
        registered = new DateTime(ticks, DateTimeKind.Utc);
        return Guid.TryParse(parts[1], out domain);
    }

    private static (DomainSummary Summary, DateTime Registered) Read(NpgsqlDataReader row) =>
        (new DomainSummary(
            new DomainId(row.GetGuid(0)),
            DomainName.Trusted(row.GetString(1)),
            row.GetInt64(2),
            row.GetInt32(3),
            row.IsDBNull(4) ? null : MomentName.Trusted(row.GetString(4)),
            DefinitionHash.Trusted(row.GetString(5)),
            row.GetFieldValue<DateTimeOffset>(6),
            row.GetInt32(8),
            row.IsDBNull(9) ? null : HostName.Trusted(row.GetString(9)),
            row.GetInt32(10),
            row.GetInt32(11)),
        row.GetDateTime(7));
}
