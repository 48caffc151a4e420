using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>What goes with a reach: rows are told with no more than they are all of.</summary>
public sealed class SafeSequenceTests
{
    /// <summary>While the rows are read another reader settles an event that they cannot have: told with that reach, a page of them would pass over it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_others_settle_meanwhile_is_not_told_with_rows_that_lack_it(bool gap)
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        var safe = new SafeSequence(store.Database);
        var after = await safe.ReachAsync(CancellationToken.None);
        // An append that failed leaves a number without an event.
        if (gap) await NextAsync(store);
        await CreateAsync(store, domain, "a");
        var (readings, told) = (0, new List<(long Reach, IReadOnlyList<long>? Rows)>());
        await safe.ReachAsync(
            after, 100,
            () => new NpgsqlBatchCommand($"select seq_id from {Schema.Name}.mt_events where seq_id > $1 order by seq_id") { Parameters = { new() { Value = after } } },
            row =>
            {
                var sequence = row.GetInt64(0);
                // The reading that is told: with a gap the first one is not enough.
                if (++readings == (gap ? 2 : 1))
                {
                    Task.Run(async () =>
                    {
                        await CreateAsync(store, domain, "b");
                        Assert.True(await safe.ReachAsync(CancellationToken.None) > sequence);
                    }).GetAwaiter().GetResult();
                }

                return sequence;
            },
            sequence => sequence,
            (reach, rows) => told.Add((reach, rows)),
            CancellationToken.None);
        var (reached, read) = Assert.Single(told);
        Assert.Equal(after + (gap ? 2 : 1), reached);
        Assert.Equal([reached], read);
    }

    private static async Task CreateAsync(TestStore store, DomainId domain, string name) =>
        Assert.Null((await store.SubmitAsync(domain, new Create(new CreateXml(MomentName.Trusted(name), null, []), new CreationTime(1)))).Refusal);

    private static async Task NextAsync(TestStore store)
    {
        await using var next = store.Owner.CreateCommand($"select nextval('{Schema.Name}.mt_events_sequence')");
        await next.ExecuteScalarAsync();
    }
}
