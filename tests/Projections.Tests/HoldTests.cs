using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>Legal holds in the database: races, reads, the reason.</summary>
public sealed class HoldTests
{
    /// <summary>Two hosts that have both seen the checkpoint free: the version decides which of the two is refused, and one is.</summary>
    [Fact]
    public async Task A_delete_and_a_hold_at_the_same_time_are_never_both()
    {
        await using var store = await TestStore.CreateAsync();
        await using var other = store.SecondHost();
        var domain = await store.DefineAsync("one");
        var (deleted, held) = (0, 0);
        for (var i = 0; i < 150; i++)
        {
            var name = Name($"c{i}");
            Assert.Null((await store.SubmitAsync(domain, Create(name))).Refusal);
            await other.Forests.NowAsync(domain, CancellationToken.None);
            using var start = new Barrier(2);
            var both = await Task.WhenAll(
                Together(start, i % 2 == 0, () => store.SubmitAsync(domain, new Delete(name, false, false))),
                Together(start, i % 2 == 1, () => other.SubmitAsync(domain, new PlaceHold(Hold($"h{i}"), name))));
            var state = await store.FoldAsync(domain);
            if (both[0].Refusal is null)
            {
                deleted++;
                Assert.Equal((Rule.CheckpointNotFound, false, false), (both[1].Refusal?.Rule, state.Forest.Contains(name), state.Holds.ContainsKey(Hold($"h{i}"))));
            }
            else
            {
                held++;
                Assert.Equal((Rule.Held, null, true, true), (both[0].Refusal!.Rule, both[1].Refusal, state.Forest.Contains(name), state.Holds.ContainsKey(Hold($"h{i}"))));
            }
        }

        Assert.True(deleted > 0 && held > 0, $"{deleted} deleted, {held} held: no race");
    }

    [Fact]
    public async Task Hosts_that_place_the_same_hold_at_once_place_it_once()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        var hosts = Enumerable.Range(0, 6).Select(_ => store.SecondHost()).ToArray();
        var results = await Task.WhenAll(hosts.Select(host => Task.Run(() => host.SubmitAsync(domain, new PlaceHold(Hold("h"), null)))));
        Assert.All(results, result => Assert.Null(result.Refusal));
        Assert.Single(results, result => result.Value.Decision.Events.Count > 0);
        foreach (var host in hosts) await host.DisposeAsync();
    }

    /// <summary>A host that starts knows of holds from the rows alone.</summary>
    [Fact]
    public async Task A_host_that_has_just_started_refuses_too()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        await store.SubmitAsync(domain, Create(Name("a")));
        await store.SubmitAsync(domain, new PlaceHold(Hold("h"), Name("a")));
        await using (var started = store.SecondHost())
            Assert.Equal(Rule.Held, (await started.SubmitAsync(domain, new Delete(Name("a"), false, false))).Refusal?.Rule);
        await using var other = store.SecondHost();
        Assert.Null((await other.SubmitAsync(domain, new ReleaseHold(Hold("h")))).Refusal);
        // This one has kept a state with the hold: it is refused on no old state.
        Assert.Null((await store.SubmitAsync(domain, new Delete(Name("a"), false, false))).Refusal);
    }

    [Fact]
    public async Task Holds_are_listed_in_pages_as_of_any_version()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        await store.SubmitAsync(domain, Create(Name("a")));
        foreach (var id in new[] { "z", "y", "x" }) await store.SubmitAsync(domain, new PlaceHold(Hold(id), id == "y" ? null : Name("a")));
        await store.SubmitAsync(domain, new ReleaseHold(Hold("y")));
        await store.SubmitAsync(domain, new PlaceHold(Hold("y"), Name("a")));
        Assert.Equal("", await ListAsync(store, domain, 4));
        Assert.Equal("z:a@5 y:@6", await ListAsync(store, domain, 6));
        Assert.Equal("z:a@5 y:@6 x:a@7", await ListAsync(store, domain, 7));
        Assert.Equal("z:a@5 x:a@7", await ListAsync(store, domain, 8));
        Assert.Equal("z:a@5 x:a@7 y:a@9", await ListAsync(store, domain, 9));
    }

    [Theory]
    [InlineData(RequiredReasons.None)]
    [InlineData(RequiredReasons.Deletes)]
    public async Task A_hold_always_says_why(RequiredReasons required)
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        var handler = new SubmitHandler(store.Store, store.Database, store.Forests, store.Definitions, required);
        foreach (var command in (Command[])[new PlaceHold(Hold("h"), null), new ReleaseHold(Hold("h"))])
        {
            foreach (var (reason, rule) in new (string?, Rule?)[] { (null, Rule.ReasonRequired), (" ", Rule.ReasonRequired), ("court order", null) })
            {
                var by = new Envelope("tester", "cli", reason, "c0ffee", null, DateTimeOffset.UnixEpoch);
                Assert.Equal(rule, (await handler.Handle(new Submit(domain, command, by), CancellationToken.None)).Refusal?.Rule);
            }
        }
    }

    private static async Task<string> ListAsync(TestStore store, DomainId domain, long version)
    {
        var found = new List<HoldItem>();
        string? cursor = null;
        do
        {
            var page = (await new Holds(store.Database).Handle(new ListHolds(domain, version, new Paging(1, cursor)), CancellationToken.None)).Value;
            found.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.All(found, hold => Assert.Equal(("because", "tester"), (hold.Reason, hold.Actor)));
        return string.Join(' ', found.Select(hold => $"{hold.Id}:{hold.Checkpoint}@{hold.Version}"));
    }

    /// <summary>Both begin at once, or the one that gives way a hair later, so that each comes first some times.</summary>
    private static Task<Result<Submitted>> Together(Barrier start, bool givesWay, Func<Task<Result<Submitted>>> submit) => Task.Run(async () =>
    {
        start.SignalAndWait();
        if (givesWay) Thread.SpinWait(20_000);
        return await submit();
    });

    private static Create Create(MomentName name) => new(new CreateXml(name, null, []), new CreationTime(1));

    private static HoldId Hold(string text) => HoldId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    private static MomentName Name(string name) => MomentName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name);
}
