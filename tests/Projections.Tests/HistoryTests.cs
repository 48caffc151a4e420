using System.Text.Json;
using CsCheck;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>The timeline of a domain says what the events say, each field before and after.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Folded_forward_a_history_is_the_state_and_every_before_is_the_after_before()
    {
        await using var store = await TestStore.CreateAsync();
        await RandomCommands.Of(most: 40).SampleAsync(
            async commands =>
            {
                var domain = await store.DefineAsync($"d{Guid.NewGuid():N}");
                foreach (var command in commands) await store.SubmitAsync(domain, command(domain));
                var fold = await store.FoldAsync(domain);

                var pages = Gen.Int[1, 9].Single();
                var records = await ReadAsync(store, domain, null, false, pages);
                Assert.Equal(Enumerable.Range(1, (int)fold.Version).Select(v => (long)v), records.Select(r => r.Version));
                Assert.Equal(records.Select(r => r.Version).Reverse(), (await ReadAsync(store, domain, null, true, pages)).Select(r => r.Version));

                var told = new Told();
                foreach (var record in records) told.Apply(record);
                Assert.Equal((fold.Name?.Value, fold.Definition?.Value, fold.Current?.Value), (told.Of("name"), told.Of("definition"), told.Of("current")));
                Assert.Equal(Draw(fold.Forest), Draw(told.Forest()));

                foreach (var of in records.Where(r => r.Checkpoint is not null && r.Type != "current_checkpoint_changed").GroupBy(r => r.Checkpoint!.Value))
                {
                    Assert.Equal(of.Select(Json), (await ReadAsync(store, domain, of.Key, false, pages)).Select(Json));
                    Assert.Equal(of.Reverse().Select(Json), (await ReadAsync(store, domain, of.Key, true, pages)).Select(Json));
                }
            },
            iter: 40,
            threads: 2);
    }

    [Fact]
    public async Task A_name_made_again_has_two_lives_that_keep_their_ids()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        foreach (var command in (Command[])[Create("a"), Create("b"), Delete("a"), Create("c"), Create("a"), Delete("b"), Delete("a")])
            Assert.Null((await store.SubmitAsync(domain, command)).Refusal);
        Assert.Equal(
            ["checkpoint_created a@4", "checkpoint_deleted a@4", "checkpoint_created a@9", "checkpoint_deleted a@9"],
            (await ReadAsync(store, domain, Name("a"), false, 1)).Select(r => $"{r.Type} {r.Incarnation}"));
    }

    [Fact]
    public async Task An_undefined_domain_is_found_by_uuid_and_by_its_last_name_and_a_registered_one_first()
    {
        await using var store = await TestStore.CreateAsync();
        var known = new KnownDomains(store.Database);
        async Task<DomainId?> Find(string key) => await known.Handle(new FindKnownDomain(key), default) is { Refusal: null, Value: var found } ? found.Id : null;
        var first = await store.DefineAsync("vm");
        Assert.Null((await store.SubmitAsync(first, new Undefine(false))).Refusal);
        Assert.Equal(first, await Find("vm"));
        var second = await store.DefineAsync("vm");
        Assert.Null((await store.SubmitAsync(second, new Undefine(false))).Refusal);
        Assert.Equal((second, first), (await Find("vm"), await Find(first.ToString())));
        var third = await store.DefineAsync("vm");
        Assert.Equal((third, null), (await Find("vm"), await Find("never")));
        var last = (await ReadAsync(store, first, null, true, 1))[0];
        Assert.Equal(("domain_undefined", "vm", "name", "vm"), (last.Type, last.DomainName?.Value, last.Changes[0].Field, (string?)last.Changes[0].Before));
        Assert.All(last.Changes, change => Assert.Null(change.After));
    }

    [Fact]
    public async Task Pages_stay_while_writers_write()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        for (var i = 0; i < 20; i++) await store.SubmitAsync(domain, Create($"c{i}"));
        var writing = Task.Run(async () =>
        {
            for (var i = 20; i < 60; i++) Assert.Null((await store.SubmitAsync(domain, i % 3 == 0 ? Delete($"c{i - 1}") : Create($"c{i}"))).Refusal);
        });
        var newest = await ReadAsync(store, domain, null, true, 3);
        var oldest = await ReadAsync(store, domain, null, false, 3);
        await writing;
        Assert.Equal(Enumerable.Range(1, newest.Count).Select(v => (long)v).Reverse(), newest.Select(r => r.Version));
        Assert.Equal(Enumerable.Range(1, oldest.Count).Select(v => (long)v), oldest.Select(r => r.Version));
        Assert.True(newest.Count >= 23 && oldest.Count >= 23);
    }

    private static async Task<List<HistoryRecord>> ReadAsync(TestStore store, DomainId domain, MomentName? checkpoint, bool newestFirst, int pageSize)
    {
        var history = new History(new EventRows(store.Database, Store.EventNames));
        var records = new List<HistoryRecord>();
        string? next = null;
        do
        {
            var page = (await history.Handle(new ListHistory(domain, checkpoint, newestFirst, new Paging(pageSize, next)), default)).Value;
            Assert.InRange(page.Items.Count, 0, pageSize);
            records.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);
        return records;
    }

    private static string Json(HistoryRecord record) => JsonSerializer.Serialize(record, Wire.Options);

    private static string Draw(Forest<Checkpoint> forest) => string.Join('\n', forest.Descendants(null).Select(c =>
        $"{c.Name}<{c.Parent} {c.CreationTime.Seconds} {c.Description} {c.Definition} {string.Join(',', c.Disks)}"));

    private static Create Create(string name) => new(new CreateXml(Name(name), null, []), new CreationTime(1));

    private static Delete Delete(string name) => new(Name(name), false, false);

    private static MomentName Name(string name) => MomentName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name);

    /// <summary>What somebody knows who has read the records and nothing else.</summary>
    private sealed class Told
    {
        private readonly Dictionary<(string? Life, string Field), string?> _values = [];
        private readonly List<string> _linked = [];

        public string? Of(string field) => _values.GetValueOrDefault((null, field)) is { } json ? JsonSerializer.Deserialize<string>(json) : null;

        public void Apply(HistoryRecord record)
        {
            foreach (var change in record.Changes.Where(change => change.Field != "recordedDefinition"))
            {
                var ofDomain = change.Field is "name" or "current" || record.Checkpoint is null;
                // Several may be on one checkpoint.
                var field = change.Field is "hold" or "invalid" ? $"{change.Field} {change.Before ?? change.After}" : change.Field;
                var key = (ofDomain ? null : record.Incarnation, field);
                Assert.Equal(_values.GetValueOrDefault(key), change.Before?.ToJsonString());
                Assert.NotEqual(change.Before?.ToJsonString(), change.After?.ToJsonString());
                _values[key] = change.After?.ToJsonString();
            }

            if (record.Incarnation is not { } life || record.Type is not ("checkpoint_created" or "checkpoint_redefined" or "checkpoint_reparented" or "checkpoint_deleted")) return;
            _linked.Remove(life);
            if (record.Type != "checkpoint_deleted") _linked.Add(life);
        }

        public Forest<Checkpoint> Forest() => Forest<Checkpoint>.Of(_linked.Select(life => new Checkpoint(
            MomentName.Trusted(life.Split('@')[0]),
            Read<string>(life, "description"),
            Read<MomentName?>(life, "parent"),
            Read<CreationTime>(life, "creationTime"),
            Read<CheckpointDisk[]>(life, "disks")!,
            Read<DefinitionHash?>(life, "definition"))));

        private T? Read<T>(string life, string field) =>
            _values.GetValueOrDefault((life, field)) is { } json ? JsonSerializer.Deserialize<T>(json, Wire.Options) : default;
    }
}
