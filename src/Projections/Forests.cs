using BitFaster.Caching.Lfu;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using Marten;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>
/// A domain's state from its rows, now or at an earlier version, with the most used ones kept in memory. A kept state of now is never trusted by
/// itself: a reader asks for its version first, and a writer's append checks it. One of the past never changes.
/// </summary>
public sealed class Forests(NpgsqlDataSource database, IDocumentStore store)
{
    /// <summary>Domains kept: a forest of 100,000 checkpoints takes about 60 MB, a usual one some kilobytes.</summary>
    private const int Kept = 1_000;

    /// <summary>States of the past kept: enough for the pages of a few lists.</summary>
    private const int KeptOfThePast = 32;

    private readonly ConcurrentLfu<DomainId, DomainState> _kept = new(Kept);
    private readonly ConcurrentLfu<(DomainId, long), DomainState> _past = new(KeptOfThePast);

    /// <summary>What was last seen of the domain, however long ago; null if nothing is kept.</summary>
    public DomainState? LastSeen(DomainId domain) => _kept.TryGet(domain, out var state) ? state : null;

    /// <summary>Keeps a state unless a newer one is kept already.</summary>
    public void Keep(DomainState state)
    {
        if (LastSeen(state.Id) is not { } kept || kept.Version < state.Version) _kept.AddOrUpdate(state.Id, state);
    }

    /// <summary>The state as of now.</summary>
    public async Task<DomainState> NowAsync(DomainId domain, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var row = await StateRows.Now(connection, domain, cancellation);
        if (LastSeen(domain) is { } kept && kept.Version == row.Version) return kept;
        var state = await Whole(connection, domain, row, cancellation) with { Recorded = await StateRows.Recorded(connection, domain, cancellation) };
        Keep(state);
        return state;
    }

    /// <summary>
    /// The state at a version, or null where the domain has no such version yet. Nothing is decided on the past, so an earlier version's
    /// <see cref="DomainState.Recorded"/> may be empty.
    /// </summary>
    public async Task<DomainState?> StateAtAsync(DomainId domain, long version, CancellationToken cancellation)
    {
        if (LastSeen(domain) is { } kept && kept.Version == version) return kept;
        if (_past.TryGet((domain, version), out var past)) return past;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var row = await StateRows.At(connection, domain, version, cancellation);
        // In the middle of a transaction: the state before it, and its events up to there.
        var events = row.Version == version ? [] : await Events(domain, row.Version, version, cancellation);
        if (events.Length < version - row.Version) return null;
        var state = (await Whole(connection, domain, row, cancellation)).After(events);
        _past.AddOrUpdate((domain, version), state);
        return state;
    }

    /// <summary>The state at a version that is known to have been, or as of now for null.</summary>
    public async Task<DomainState> StateAsync(DomainId domain, long? at, CancellationToken cancellation) => at is { } version
        ? await StateAtAsync(domain, version, cancellation) ?? throw new InvalidOperationException($"domain {domain} has no version {version} any more")
        : await NowAsync(domain, cancellation);

    private static async Task<DomainState> Whole(NpgsqlConnection connection, DomainId domain, DomainRow row, CancellationToken cancellation)
    {
        var checkpoints = await StateRows.Checkpoints(connection, domain, row.Version, cancellation);
        var (host, disks) = await StateRows.Seen(connection, domain, row.Version, cancellation);
        return new DomainState(domain, row.Version, row.Name, row.Definition, [], Forest<Checkpoint>.Of(checkpoints), row.Current)
        {
            Holds = await StateRows.Holds(connection, domain, row.Version, cancellation),
            Host = host,
            HostDisks = disks,
            Marks = await StateRows.Marks(connection, domain, row.Version, cancellation),
        };
    }

    private async Task<DomainEvent[]> Events(DomainId domain, long after, long upTo, CancellationToken cancellation)
    {
        await using var session = store.QuerySession(Schema.Tenant);
        var events = await session.Events.FetchStreamAsync(domain.Value, version: upTo, fromVersion: after + 1, token: cancellation);
        return [.. events.Select(e => (DomainEvent)e.Data)];
    }
}
