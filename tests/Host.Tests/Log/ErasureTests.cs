using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Marten;
using Xunit;

namespace EventCheckpoints.Host.Tests.Log;

/// <summary>What Marten itself can do to events that were recorded: verification says what it was, and takes nothing else for it.</summary>
public sealed class ErasureTests
{
    private const string Victim = "(select seq_id from eventcheckpoints.mt_events where data->>'name' = 'one-c3' and type = 'checkpoint_created')";

    [Fact]
    public async Task Events_that_marten_masked_are_reported_as_that()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var stream = await store.AskAsync<Guid>($"select stream_id from eventcheckpoints.mt_events where seq_id = {Victim}");
        await OpenAsync(store, options => options.Events.AddMaskingRuleForProtectedInformation<CheckpointCreated>(e => e with { Description = "erased" }), marten =>
            marten.Advanced.ApplyEventDataMasking(masking => masking.IncludeStream(stream).ForTenant(Schema.Tenant).AddHeader("masked", "2026-11-20")));
        var findings = (await store.VerifyAsync()).Findings;
        Assert.Equal(5, findings.Count);
        Assert.All(findings, finding => Assert.Equal(("masked", stream.ToString(), "its payload was masked since; what else the entry says of it holds"), (finding.Kind, finding.Domain, finding.Says)));
    }

    [Fact]
    public async Task A_stream_that_marten_compacted_is_reported_as_that()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var stream = await store.AskAsync<Guid>($"select stream_id from eventcheckpoints.mt_events where seq_id = {Victim}");
        var events = await store.AskAsync<long>($"select count(*) from eventcheckpoints.mt_events where stream_id = '{stream}'");
        await OpenAsync(store, options => options.Projections.LiveStreamAggregation<Tally>(), async marten =>
        {
            await using var session = marten.LightweightSession(Schema.Tenant);
            await session.Events.CompactStreamAsync<Tally>(stream);
            await session.SaveChangesAsync();
        });
        Assert.Equal(1, await store.AskAsync<long>($"select count(*) from eventcheckpoints.mt_events where stream_id = '{stream}'"));
        var findings = (await store.VerifyAsync()).Findings;
        Assert.Equal(events, findings.Count);
        Assert.All(findings, finding => Assert.Equal(("compacted", stream.ToString()), (finding.Kind, finding.Domain)));
    }

    /// <summary>The word alone excuses no event that came later, and none of another stream.</summary>
    [Fact]
    public async Task What_only_calls_itself_compacted_excuses_nothing_else()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var sequence = await store.AskAsync<long>($"select {Victim}");
        await store.TamperAsync(
            $"""
            update eventcheckpoints.mt_events set type = 'Compacted<Tally>', version = version + 50 where seq_id = {Victim};
            delete from eventcheckpoints.mt_events where data->>'name' in ('one-c5', 'two-c1')
            """);
        Assert.Equal(["edited", "missing", "missing"], (await store.VerifyAsync()).Findings.Select(finding => finding.Kind).Order());
        await store.TamperAsync($"update eventcheckpoints.mt_events set version = version - 50 where seq_id = {sequence}");
        Assert.Equal(["compacted", "missing", "missing"], (await store.VerifyAsync()).Findings.Select(finding => finding.Kind).Order());
    }

    /// <summary>As the owner, as Marten does it, with the fence of decision 8 taken down meanwhile.</summary>
    private static async Task OpenAsync(LoggedStore store, Action<StoreOptions> with, Func<IDocumentStore, Task> erase)
    {
        await store.SqlAsync("alter table eventcheckpoints.mt_events disable trigger append_only");
        await using (var owner = Wiring.DataSource(store.Host.ConnectionString))
        await using (var marten = DocumentStore.For(options =>
        {
            Store.Configure(options, owner);
            with(options);
        })) await erase(marten);
        await store.SqlAsync("alter table eventcheckpoints.mt_events enable always trigger append_only");
    }

    /// <summary>What the events of a stream are put together into.</summary>
    public sealed record Tally(Guid Id, int Checkpoints)
    {
        public static Tally Create(DomainRegistered _) => new(Guid.Empty, 0);

        public Tally Apply(CheckpointCreated _) => this with { Checkpoints = Checkpoints + 1 };
    }
}
