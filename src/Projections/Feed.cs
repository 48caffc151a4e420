using System.Text.Json;
using EventCheckpoints.Domain;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>The domains' events for those who follow them, in the one order of all events; audit records are not among them.</summary>
/// <param name="After">The sequence of the last event that is known; 0 for the beginning.</param>
/// <param name="Through">Up to this sequence, which has to be within <see cref="SafeSequence"/>'s reach; so the page is the same whenever it is read.</param>
public sealed record ReadFeed(FeedFilter Filter, long After, long Through, int Limit) : IRequest<FeedPage>;

/// <summary>Where to begin so that nothing recorded at a time or later is passed over.</summary>
public sealed record FindFeedPosition(DateTimeOffset Time, long Through) : IRequest<FeedPosition>;

public sealed record FeedPosition(long After);

/// <summary>The last sequence that was ever drawn: no event behind it has been told to anybody, by whatever host.</summary>
public sealed record FindFeedEnd : IRequest<FeedPosition>;

/// <summary>Which events; null asks for nothing. Patterns know * and ?.</summary>
/// <param name="Types">The stored names of the events that are wanted; null: all.</param>
/// <param name="Owner">Of checkpoints that this tool or person answered for then.</param>
public sealed record FeedFilter(DomainId? Domain = null, IReadOnlyList<string>? Types = null, string? Checkpoint = null, string? Actor = null, string? Source = null, string? Owner = null)
{
    public bool IsAll => this == new FeedFilter();
}

/// <param name="Position">What to go on after: behind the last event, or behind all that was looked at.</param>
public sealed record FeedPage(IReadOnlyList<FeedEvent> Events, long Position);

/// <summary>An event as it is told to others.</summary>
/// <param name="DomainName">The name the domain had then.</param>
/// <param name="Type">Its stored name.</param>
/// <param name="Payload">The event's JSON, an object, without texts of definitions.</param>
public sealed record FeedEvent(
    long Sequence, Guid Id, DomainId Domain, string? DomainName, long Version, string Type, string? Checkpoint, JsonElement Payload,
    string? Actor, string? Source, string? Reason, string? Correlation, string? Causation, DateTimeOffset? Occurred, DateTimeOffset Recorded);

/// <param name="names">The stored name of each event.</param>
public sealed class Feed(NpgsqlDataSource database, IReadOnlyDictionary<Type, string> names) :
    IRequestHandler<ReadFeed, FeedPage>, IRequestHandler<FindFeedPosition, FeedPosition>, IRequestHandler<FindFeedEnd, FeedPosition>
{
    /// <summary>Sequences that are looked through at once where the filter finds little.</summary>
    private const long MaxWindow = 65_536;

    // A text longer than anybody is sent is cut in the database, so that a page of events that were made large takes no memory here. What is cut is still longer than that.
    private const string Payload =
        """
        case when length(e.data->>'description') > 16000 or length((e.data->'disks')::text) > 16000
            then (select jsonb_object_agg(f.key, case when length(f.value::text) > 16000 then to_jsonb(left(f.value::text, 16001)) else f.value end) from jsonb_each(e.data - 'xml') f)
            else e.data - 'xml' end
        """;

    /// <summary>The stored names of what can be followed.</summary>
    public IReadOnlyList<string> Types { get; } = [.. names.Where(name => name.Key.IsAssignableTo(typeof(DomainEvent))).Select(name => name.Value)];

    private readonly HashSet<string> _types = [.. names.Where(name => name.Key.IsAssignableTo(typeof(DomainEvent))).Select(name => name.Value)];

    public async Task<FeedPage> Handle(ReadFeed request, CancellationToken cancellationToken)
    {
        var events = new List<FeedEvent>();
        var (position, window) = (request.After, 4L * request.Limit);
        while (position < request.Through && events.Count < request.Limit)
        {
            var end = Math.Min(request.Through, position + window);
            await ReadAsync(request with { After = position, Through = end, Limit = request.Limit - events.Count }, events, cancellationToken);
            position = events.Count == request.Limit ? events[^1].Sequence : end;
            window = Math.Min(window * 4, MaxWindow);
        }

        return new FeedPage(events, position);
    }

    /// <summary>
    /// The events of a range of sequences. Ranges are small, and grow where the filter finds little: asked for all that follow, the database may sort them all for each
    /// page, as long as it has not counted what an import has just added.
    /// </summary>
    private async Task ReadAsync(ReadFeed range, List<FeedEvent> events, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Select(range));
        await using var row = await batch.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) events.Add(Read(row));
    }

    /// <summary>
    /// The statement that reads whatever is in a range, audit records and what failed appends left too; each of its rows is for <see cref="Read"/>. A long payload it leaves
    /// out: who waits for an event waits for this statement, which to cut one would make slower for all others.
    /// </summary>
    internal static NpgsqlBatchCommand SelectAll(ReadFeed range) => Select("true", "case when length((e.data - 'xml')::text) <= 16000 then e.data - 'xml' end", Window(range));

    /// <summary>The page of a window's rows, as <see cref="SelectAll"/> reads them; null where a payload was left out.</summary>
    /// <param name="position">What the page goes up to.</param>
    internal FeedPage? PageOf(IEnumerable<FeedEvent> rows, long position)
    {
        FeedEvent[] events = [.. rows.Where(happened => _types.Contains(happened.Type))];
        return events.All(happened => happened.Payload.ValueKind == JsonValueKind.Object) ? new FeedPage(events, position) : null;
    }

    /// <summary>The statement that reads a range; each of its rows is for <see cref="Read"/>.</summary>
    private NpgsqlBatchCommand Select(ReadFeed range)
    {
        List<NpgsqlParameter> parameters = [.. Window(range), new NpgsqlParameter<string[]> { TypedValue = [.. range.Filter.Types ?? Types] }];
        var filter = new AuditFilter(range.Filter.Actor, Domain: range.Filter.Domain, Checkpoint: range.Filter.Checkpoint, Source: range.Filter.Source, Owner: range.Filter.Owner);
        return Select($"e.type = any ($5) and {filter.Where(Types, parameters)}", Payload, parameters);
    }

    private static NpgsqlParameter[] Window(ReadFeed range) =>
    [
        new NpgsqlParameter<string> { TypedValue = Schema.Tenant },
        new NpgsqlParameter<long> { TypedValue = range.After },
        new NpgsqlParameter<long> { TypedValue = range.Through },
        new NpgsqlParameter<int> { TypedValue = range.Limit },
    ];

    /// <param name="parameters">The first four are those of <see cref="Window"/>.</param>
    private static NpgsqlBatchCommand Select(string condition, string payload, IEnumerable<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            select e.seq_id, e.id, e.stream_id, named.value, e.version, e.type, case when {EventRows.AboutCheckpoint} then e.data->>'name' end, ({payload})::text,
                e.headers->>'actor', e.headers->>'source', e.headers->>'reason', e.correlation_id, e.causation_id, e.headers->>'occurred', e.timestamp
            from (
                select * from {Schema.Name}.mt_events e
                where e.tenant_id = $1 and e.seq_id > $2 and e.seq_id <= $3 and {condition}
                order by e.seq_id limit $4) e
            left join lateral (
                select v.value from {Schema.Name}.domain_values v
                where v.tenant_id = e.tenant_id and v.domain_id = e.stream_id and v.field = 'name' and v.from_version <= e.version and v.value is not null
                order by v.from_version desc limit 1) named on true
            order by e.seq_id
            """);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    public async Task<FeedPosition> Handle(FindFeedPosition request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select coalesce(min(seq_id) - 1, $3) from {Schema.Name}.mt_events where tenant_id = $1 and seq_id <= $3 and timestamp >= $2");
        command.Parameters.AddWithValue(Schema.Tenant);
        command.Parameters.AddWithValue(request.Time.ToUniversalTime());
        command.Parameters.AddWithValue(request.Through);
        return new FeedPosition((long)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    public async Task<FeedPosition> Handle(FindFeedEnd request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SafeSequence.Drawn);
        return new FeedPosition((long)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    internal static FeedEvent Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetGuid(1),
        new DomainId(row.GetGuid(2)),
        Text(row, 3),
        row.GetInt64(4),
        row.GetString(5),
        Text(row, 6),
        row.IsDBNull(7) ? default : JsonElement.Parse(row.GetFieldValue<byte[]>(7)),
        Text(row, 8),
        Text(row, 9),
        Text(row, 10),
        Text(row, 11),
        Text(row, 12),
        DateTimeOffset.TryParse(Text(row, 13), System.Globalization.CultureInfo.InvariantCulture, out var occurred) ? occurred : null,
        row.GetFieldValue<DateTimeOffset>(14));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
