using BitFaster.Caching.Lfu;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>
/// A domain's state from its rows, now or at an earlier version, with the most used ones kept in memory. A kept state of now is never trusted by
/// itself: a reader asks for its version first, and a writer's append checks it. One of the past never changes.
/// </summary>
public sealed class Forests(NpgsqlDataSource database)
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
        var version = await StateRows.Version(connection, domain, cancellation);
        if (LastSeen(domain) is { } kept && kept.Version == version) return kept;
        var state = await Whole(connection, domain, version, cancellation) with { Recorded = await StateRows.Recorded(connection, domain, cancellation) };
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
        if (version > await StateRows.Version(connection, domain, cancellation)) return null;
        var state = await Whole(connection, domain, version, cancellation);
        _past.AddOrUpdate((domain, version), state);
        return state;
    }

    /// <summary>The state at a version that is known to have been, or as of now for null.</summary>
    public async Task<DomainState> StateAsync(DomainId domain, long? at, CancellationToken cancellation) => at is { } version
        ? await StateAtAsync(domain, version, cancellation) ?? throw new InvalidOperationException($"domain {domain} has no version {version} any more")
        : await NowAsync(domain, cancellation);

    private static async Task<DomainState> Whole(NpgsqlConnection connection, DomainId domain, long version, CancellationToken cancellation)
    {
        var values = await StateRows.Values(connection, domain, version, cancellation);
        var checkpoints = await StateRows.Checkpoints(connection, domain, version, cancellation);
        return new DomainState(domain, version, values.Name, values.Definition, [], Forest<Checkpoint>.Of(checkpoints), values.Current)
        {
            Holds = await StateRows.Holds(connection, domain, version, cancellation),
            Host = values.Host,
            HostDisks = values.Disks,
            Marks = await StateRows.Marks(connection, domain, version, cancellation),
        };
    }
}
