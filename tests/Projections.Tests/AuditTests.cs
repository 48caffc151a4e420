using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using Marten.Services;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>The order of all events, read in pages, passes over none: docs/decisions/0007.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task A_page_stops_before_an_append_that_is_still_open_and_goes_on_once_it_has_ended()
    {
        await using var store = await TestStore.CreateAsync();
        var slow = await store.DefineAsync("slow");
        var quick = await store.DefineAsync("quick");
        var audit = Audit(store);
        Assert.Equal(6, (await PageAsync(audit, null)).Count);

        await using var connection = await store.Database.OpenConnectionAsync();
        var open = await connection.BeginTransactionAsync();
        await AppendAsync(store, open, slow, 4, "late");
        await store.SubmitAsync(quick, Create("early"));

        var before = await PageAsync(audit, null);
        Assert.Equal(6, before.Count);
        // Another host knows no more.
        Assert.Equal(6, (await PageAsync(Audit(store), null)).Count);
        Assert.Equal(6, (await ExportAsync(audit)).Count);
        Assert.Equal(6, (await PageAsync(audit, null, newestFirst: true)).Count);

        await open.CommitAsync();
        Assert.Equal(["late", "early"], (await PageAsync(audit, before[^1].Sequence)).Select(record => record.Checkpoint?.Value));
    }

    [Fact]
    public async Task An_append_that_was_given_up_is_a_gap_that_holds_nobody_up_not_even_while_a_later_one_is_open()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        var audit = Audit(store);
        await using (var connection = await store.Database.OpenConnectionAsync())
        {
            await using var given = await connection.BeginTransactionAsync();
            await AppendAsync(store, given, domain, 4, "never");
            await given.RollbackAsync();
        }

        await store.SubmitAsync(domain, Create("a"));
        Assert.Equal(4, (await PageAsync(audit, null)).Count);
        await using var other = await store.Database.OpenConnectionAsync();
        await using var open = await other.BeginTransactionAsync();
        // It has drawn a number, and nothing else: not even a transaction id.
        await using (var draw = new NpgsqlCommand($"select nextval('{Schema.Name}.mt_events_sequence')", other, open)) await draw.ExecuteScalarAsync();
        Assert.Equal(4, (await PageAsync(audit, null)).Count);
        await store.SubmitAsync(domain, Create("b"));
        Assert.Equal("a", (await PageAsync(audit, null))[^1].Checkpoint?.Value);
        await open.RollbackAsync();
        Assert.Equal("b", (await PageAsync(audit, null))[^1].Checkpoint?.Value);
    }

    [Fact]
    public async Task Who_follows_eight_hosts_that_write_gets_every_event_once_in_order()
    {
        await using var store = await TestStore.CreateAsync();
        var hosts = Enumerable.Range(0, 8).Select(_ => store.SecondHost()).ToArray();
        var writing = Task.WhenAll(hosts.Select((host, h) => Task.Run(async () =>
        {
            var domain = await host.DefineAsync($"d{h}");
            for (var i = 0; i < 40; i++)
            {
                Assert.Null((await host.SubmitAsync(domain, Create($"c{i}"))).Refusal);
                // A number drawn for nothing.
                await using var gap = host.Database.CreateCommand($"select nextval('{Schema.Name}.mt_events_sequence')");
                if (i % 4 == 0) await gap.ExecuteScalarAsync();
            }
        })));

        var audit = Audit(store);
        var seen = new List<string>();
        bool done;
        do
        {
            done = writing.IsCompleted;
            List<HistoryRecord> page;
            while ((page = await PageAsync(audit, seen.LastOrDefault(), limit: 7)).Count > 0) seen.AddRange(page.Select(record => record.Sequence));
        }
        while (!done);
        await writing;
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        Assert.Equal((await ExportAsync(audit)).Select(record => record.Sequence), seen);
        Assert.Equal(8 * 43, seen.Count);
        foreach (var host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task Filters_let_through_what_they_say_and_tombstones_are_no_events()
    {
        await using var store = await TestStore.CreateAsync();
        var one = await store.DefineAsync("one");
        var two = await store.DefineAsync("two");
        await store.SubmitAsync(one, Create("full_1"));
        await store.SubmitAsync(two, Create("fullx1"));
        await store.SubmitAsync(one, new Delete(Name("full_1"), false, false));
        await store.EditEventsAsync($"update {Schema.Name}.mt_events set type = 'tombstone' where stream_id = $1 and version = 2", two.Value);

        var audit = Audit(store);
        var all = await PageAsync(audit, null);
        Assert.Equal(8, all.Count);
        async Task<string> Of(AuditFilter filter) => string.Join(' ', (await PageAsync(audit, null, filter: filter)).Select(record => $"{record.DomainName}/{record.Version}"));
        Assert.Equal("one/4 one/5", await Of(new AuditFilter(Checkpoint: "full_*")));
        Assert.Equal("one/4 two/4 one/5", await Of(new AuditFilter(Checkpoint: "full?1")));
        Assert.Equal("", await Of(new AuditFilter(Checkpoint: "full%")));
        Assert.Equal("one/5", await Of(new AuditFilter(Type: "*_deleted")));
        Assert.Equal("two/1 two/3 two/4", await Of(new AuditFilter(Domain: two)));
        Assert.Equal("one/5", await Of(new AuditFilter(Domain: one, Type: "checkpoint_deleted", Actor: "tester", Source: "cli", Correlation: "c0ffee")));
        Assert.Equal("", await Of(new AuditFilter(Actor: "nobody")) + await Of(new AuditFilter(Source: "api")) + await Of(new AuditFilter(Correlation: "x")));
        var middle = all.Single(record => record is { DomainName.Value: "two", Version: 4 }).Recorded;
        Assert.Equal("two/4 one/5", await Of(new AuditFilter(From: middle)));
        Assert.Equal("one/4", await Of(new AuditFilter(To: middle, Checkpoint: "*")));
        Assert.Equal(Rule.RequestInvalid, (await audit.Handle(new ListAudit(new AuditFilter(Type: "checkpoint_made"), false, new Paging(1, null)), default)).Refusal?.Rule);
        Assert.Equal(("tester", "cli", "because", "c0ffee", DateTimeOffset.UnixEpoch), (all[0].Actor, all[0].Source, all[0].Reason, all[0].Correlation, all[0].Occurred));
    }

    private static Audit Audit(TestStore store) => new(new EventRows(store.Database, Store.EventNames), new SafeSequence(store.Database));

    private static async Task<List<HistoryRecord>> PageAsync(Audit audit, string? after, bool newestFirst = false, int limit = 100, AuditFilter? filter = null) =>
        [.. (await audit.Handle(new ListAudit(filter ?? new AuditFilter(), newestFirst, new Paging(limit, after)), default)).Value.Items];

    private static async Task<List<HistoryRecord>> ExportAsync(Audit audit)
    {
        var records = new List<HistoryRecord>();
        await foreach (var record in (await audit.Handle(new ExportAudit(new AuditFilter()), default)).Value.Records) records.Add(record);
        return records;
    }

    /// <summary>An append as the write path makes it, in a transaction that somebody else ends.</summary>
    private static async Task AppendAsync(TestStore store, NpgsqlTransaction transaction, DomainId domain, long version, string checkpoint)
    {
        var options = SessionOptions.ForTransaction(transaction);
        options.TenantId = Schema.Tenant;
        await using var session = store.Store.LightweightSession(options);
        session.Events.Append(domain.Value, version, new CheckpointCreated(Name(checkpoint), null, null, new CreationTime(1), [], null));
        await session.SaveChangesAsync();
    }

    private static Create Create(string name) => new(new CreateXml(Name(name), null, []), new CreationTime(1));

    private static MomentName Name(string name) => MomentName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name);
}
