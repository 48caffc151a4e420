using System.Globalization;
using CsCheck;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>Every question about the past, against the same question asked then and against the events.</summary>
public sealed class PastTests
{
    [Fact]
    public async Task Every_read_of_every_version_is_what_it_was_and_what_the_events_say()
    {
        await using var store = await TestStore.CreateAsync();
        await RandomCommands.Of(most: 25).SampleAsync(
            async commands =>
            {
                var domain = await store.DefineAsync($"d{Guid.NewGuid():N}");
                var live = new Dictionary<long, string>();
                foreach (var command in commands)
                {
                    if (await store.SubmitAsync(domain, command(domain)) is not { Refusal: null, Value: var done }) continue;
                    live[done.After.Version] = await Reads.OfAsync(store, domain, null);
                }

                await using var stranger = store.SecondHost();
                foreach (var (version, read) in live) Assert.Equal(read, await Reads.OfAsync(stranger, domain, At(version)));
                var states = await Folds(store, domain);
                // In the middle of transactions too.
                foreach (var fold in states) Same(fold, await stranger.Forests.StateAtAsync(domain, fold.Version, CancellationToken.None));
                Assert.Null(await stranger.Forests.StateAtAsync(domain, states.Length, CancellationToken.None));
                foreach (var (before, after) in states.SelectMany(before => states.Select(after => (before, after))))
                    Assert.Equal(DiffApplied.Draw(after), DiffApplied.Draw(before, DomainDiff.Of(before, after)));
            },
            iter: 30,
            threads: 2);
    }

    /// <summary>Times that stand still, go back and come again: the newest version at or before a time, by recorded and by occurred time.</summary>
    [Fact]
    public async Task A_time_is_its_newest_version_whatever_clocks_did()
    {
        await using var store = await TestStore.CreateAsync();
        var times = Gen.Int[0, 5];
        await Gen.Select(RandomCommands.Of(most: 15), times.Array[60], times.Array[60]).SampleAsync(
            async (commands, recorded, occurred) =>
            {
                var domain = await store.DefineAsync($"d{Guid.NewGuid():N}");
                var ends = new List<long> { 3 };
                foreach (var command in commands)
                {
                    if (await store.SubmitAsync(domain, command(domain)) is { Refusal: null, Value: { Decision.Events.Count: > 0 } done }) ends.Add(done.After.Version);
                }

                var told = ends.Select((end, i) => (Version: end, Recorded: recorded[i % 60], Occurred: occurred[i % 60])).ToArray();
                await Tell(store, domain, told);
                await store.RebuildAsync(pageSize: 5);
                await using var stranger = store.SecondHost();
                var versions = new PastVersions(stranger.Database);
                for (var second = -1; second < 7; second++)
                {
                    var text = DateTimeOffset.UnixEpoch.AddSeconds(second).ToString("O", CultureInfo.InvariantCulture);
                    var byRecorded = told.Where(t => t.Recorded <= second).Select(t => t.Version).DefaultIfEmpty(0).Max();
                    var byOccurred = told.Where(t => t.Occurred <= second).Select(t => t.Version).DefaultIfEmpty(0).Max();
                    Assert.Equal(byRecorded, (await versions.VersionAsync(domain, AsOf.Of(text, null).Value, CancellationToken.None)).Value.Version);
                    Assert.Equal(byOccurred, (await versions.VersionAsync(domain, AsOf.Of(text, "occurred").Value, CancellationToken.None)).Value.Version);
                }

                foreach (var fold in await Folds(store, domain)) Same(fold, await stranger.Forests.StateAtAsync(domain, fold.Version, CancellationToken.None));
            },
            iter: 15,
            threads: 1);
    }

    [Fact]
    public async Task A_recorded_time_is_its_transaction_and_a_hair_before_it_the_one_before()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        for (var i = 0; i < 5; i++) await store.SubmitAsync(domain, new Create(new Domain.Xml.CreateXml(null, null, []), new CreationTime(i)));
        var versions = new PastVersions(store.Database);
        await using var session = store.Store.QuerySession(Schema.Tenant);
        var events = await session.Events.FetchStreamAsync(domain.Value);
        foreach (var transaction in events.GroupBy(e => e.Timestamp))
        {
            var last = transaction.Max(e => e.Version);
            Assert.Equal(last, (await versions.VersionAsync(domain, Time(transaction.Key), CancellationToken.None)).Value.Version);
            var before = await versions.VersionAsync(domain, Time(transaction.Key.AddMicroseconds(-1)), CancellationToken.None);
            Assert.Equal(transaction.Min(e => e.Version) - 1, before.Value.Version);
        }

        Assert.Equal(Rule.StillToCome, (await versions.VersionAsync(domain, Time(DateTimeOffset.UtcNow.AddHours(1)), CancellationToken.None)).Refusal?.Rule);
    }

    [Fact]
    public async Task A_name_is_who_had_it_then()
    {
        await using var store = await TestStore.CreateAsync();
        var first = await store.DefineAsync("web");
        var firstTime = Time(DateTimeOffset.UtcNow);
        await store.SubmitAsync(first, new Undefine(false));
        var between = Time(DateTimeOffset.UtcNow);
        var second = await store.DefineAsync("web");
        var versions = new PastVersions(store.Database);
        Assert.Equal(first, await versions.DomainAsync("web", firstTime, CancellationToken.None));
        Assert.Equal(second, await versions.DomainAsync("web", between, CancellationToken.None));
        Assert.Equal(second, await versions.DomainAsync("web", At(1), CancellationToken.None));
        await store.SubmitAsync(second, new Undefine(false));
        Assert.Equal(second, await versions.DomainAsync("web", At(1), CancellationToken.None));
        Assert.Null(await versions.DomainAsync("nobody", firstTime, CancellationToken.None));
        var then = new DomainThen(versions, store.Forests);
        Assert.Equal((first, 3), await then.Handle(new FindDomainThen("web", firstTime), CancellationToken.None) is { Refusal: null, Value: var was } ? (was.Id, was.Version) : default);
        Assert.Equal(Rule.DomainNotThen, (await then.Handle(new FindDomainThen("web", between), CancellationToken.None)).Refusal?.Rule);
    }

    private static AsOf At(long version) => AsOf.Of(version.ToString(CultureInfo.InvariantCulture), null).Value;

    private static AsOf Time(DateTimeOffset time) => AsOf.Of(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture), null).Value;

    /// <summary>The state at each version, 0 first.</summary>
    private static async Task<DomainState[]> Folds(TestStore store, DomainId domain)
    {
        await using var session = store.Store.QuerySession(Schema.Tenant);
        var events = await session.Events.FetchStreamAsync(domain.Value);
        var states = new List<DomainState> { DomainState.Unknown(domain) };
        foreach (var e in events) states.Add(states[^1].After([(DomainEvent)e.Data]));
        return [.. states];
    }

    private static void Same(DomainState fold, DomainState? read)
    {
        Assert.NotNull(read);
        Assert.Equal(fold.Version, read.Version);
        Assert.Equal(DiffApplied.Draw(fold), DiffApplied.Draw(read));
        Assert.Empty(DomainDiff.Of(fold, read));
        Assert.Equal(fold.Holds.ToHashSet(), read.Holds.ToHashSet());
        Assert.Equal(TestStore.Seen(fold), TestStore.Seen(read));
    }

    /// <summary>Gives the transactions that end at these versions other times, in seconds since 1970.</summary>
    private static async Task Tell(TestStore store, DomainId domain, IReadOnlyList<(long Version, int Recorded, int Occurred)> told)
    {
        var from = 0L;
        foreach (var (version, recorded, occurred) in told)
        {
            await store.EditEventsAsync(
                $$"""
                update {{Schema.Name}}.mt_events
                set timestamp = to_timestamp($4), headers = headers || jsonb_build_object('occurred', to_char(to_timestamp($5) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'))
                where stream_id = $1 and version > $2 and version <= $3
                """,
                domain.Value, from, version, (double)recorded, (double)occurred);
            from = version;
        }
    }
}
