using CsCheck;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Host;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>The rows are what the events say: now, at every earlier version, and when they are made again.</summary>
public sealed class RowsTests
{
    [Fact]
    public async Task Rows_are_the_fold_at_every_version_and_a_rebuild_makes_them_again()
    {
        await using var store = await TestStore.CreateAsync();
        await RandomCommands.Of(most: 40).SampleAsync(
            async commands =>
            {
                var domain = await store.DefineAsync($"d{Guid.NewGuid():N}");
                var drawn = new Dictionary<long, (string, string, string)>();
                foreach (var command in commands)
                {
                    if ((await store.SubmitAsync(domain, command(domain))) is not { Refusal: null, Value: var done }) continue;
                    drawn[done.After.Version] = (Draw(done.After.Forest), Draw(done.After.Holds), TestStore.Seen(done.After));
                }

                var fold = await store.FoldAsync(domain);
                await using var stranger = store.SecondHost();
                var rows = await stranger.Forests.NowAsync(domain, CancellationToken.None);
                Assert.Equal(Draw(fold.Forest), Draw(rows.Forest));
                Assert.Equal(
                    (fold.Version, fold.Name, fold.Definition, fold.Current, fold.Recorded.Count),
                    (rows.Version, rows.Name, rows.Definition, rows.Current, rows.Recorded.Count));
                Assert.Equal(Draw(fold.Holds), Draw(rows.Holds));
                Assert.Equal(TestStore.Seen(fold), TestStore.Seen(rows));
                foreach (var (version, then) in drawn)
                {
                    var state = (await stranger.Forests.StateAtAsync(domain, version, CancellationToken.None))!;
                    Assert.Equal(then, (Draw(state.Forest), Draw(state.Holds), TestStore.Seen(state)));
                }
            },
            iter: 60,
            threads: 2);

        var before = await store.RowsAsync();
        Assert.True(await store.RebuildAsync() > 1_000);
        Assert.Equal(before, await store.RowsAsync());
        // Pages that cut transactions in two, too.
        await store.RebuildAsync(pageSize: 7);
        Assert.Equal(before, await store.RowsAsync());
    }

    [Fact]
    public async Task A_rebuild_mends_rows_that_were_damaged()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        await store.SubmitAsync(domain, new Create(new Domain.Xml.CreateXml(null, "text", []), new CreationTime(5)));
        var before = await store.RowsAsync();
        await using (var damage = store.Owner.CreateCommand($"update {Schema.Name}.checkpoint_states set parent = 'gone'; delete from {Schema.Name}.definitions"))
            await damage.ExecuteNonQueryAsync();
        Assert.NotEqual(before, await store.RowsAsync());
        await store.RebuildAsync();
        Assert.Equal(before, await store.RowsAsync());
    }

    [Theory]
    [InlineData("domain_states")]
    [InlineData("domain_values")]
    public async Task A_table_that_only_a_rebuild_fills_stops_the_host_until_it_is_filled(string table)
    {
        await using var store = await TestStore.CreateAsync();
        await Rebuild.CheckAsync(store.Database, CancellationToken.None);
        await store.DefineAsync("one");
        await Rebuild.CheckAsync(store.Database, CancellationToken.None);
        await using (var emptied = store.Owner.CreateCommand($"truncate {Schema.Name}.{table}")) await emptied.ExecuteNonQueryAsync();
        var refused = await Assert.ThrowsAsync<StartupException>(() => Rebuild.CheckAsync(store.Database, CancellationToken.None));
        Assert.Contains("eventcheckpoints rebuild", refused.Message, StringComparison.Ordinal);
        await store.RebuildAsync();
        await Rebuild.CheckAsync(store.Database, CancellationToken.None);
    }

    /// <summary>All of it, order of siblings included.</summary>
    private static string Draw(Forest<Checkpoint> forest) => string.Join('\n', forest.Descendants(null).Select(c =>
        $"{c.Name}<{c.Parent} {c.CreationTime.Seconds} {c.Description} {c.Definition} {string.Join(',', c.Disks)}"));

    private static string Draw(IReadOnlyDictionary<HoldId, MomentName?> holds) =>
        string.Join(' ', holds.Select(hold => $"{hold.Key}:{hold.Value}").Order(StringComparer.Ordinal));
}
