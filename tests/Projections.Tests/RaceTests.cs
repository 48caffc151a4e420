using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

public sealed class RaceTests
{
    /// <summary>Eight writers, each a host of its own, so that nothing but the database keeps them apart.</summary>
    [Fact]
    public async Task Eight_hosts_on_one_domain_lose_nothing()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        var hosts = Enumerable.Range(0, 8).Select(_ => store.SecondHost()).ToArray();
        const int each = 25;
        await Task.WhenAll(hosts.Select((host, h) => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var name = $"h{h}-{i}";
                var created = await host.SubmitAsync(domain, new Create(new CreateXml(Name(name), null, []), new CreationTime(i)));
                Assert.Null(created.Refusal);
                // Some go again at once, while the others have hung their own under them.
                if (i % 5 == 4) Assert.Null((await host.SubmitAsync(domain, new Delete(Name(name), false, false))).Refusal);
            }
        })));

        var fold = await store.FoldAsync(domain);
        var rows = await store.Forests.NowAsync(domain, CancellationToken.None);
        Assert.Equal(8 * each * 4 / 5, fold.Forest.Count);
        Assert.Equal(fold.Forest.Descendants(null), rows.Forest.Descendants(null));
        // Each create came under the current one, and deletes handed on: one unbranched chain.
        Assert.Equal(fold.Current, fold.Forest.OnlyLeaf()?.Name);
        foreach (var host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task Hosts_that_register_one_domain_at_once_register_it_once()
    {
        await using var store = await TestStore.CreateAsync();
        var id = new DomainId(Guid.NewGuid());
        var hosts = Enumerable.Range(0, 8).Select(_ => store.SecondHost()).ToArray();
        var results = await Task.WhenAll(hosts.Select(host => Task.Run(() => host.SubmitAsync(id, new Define(TestStore.Definition(id, "one"), null)))));
        Assert.All(results, result => Assert.Null(result.Refusal));
        Assert.Single(results, result => result.Value.Decision.Events.Count > 0);
        Assert.Equal(3, (await store.FoldAsync(id)).Version);
        foreach (var host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task Two_domains_that_race_for_a_name_get_it_once()
    {
        await using var store = await TestStore.CreateAsync();
        var hosts = Enumerable.Range(0, 8).Select(_ => store.SecondHost()).ToArray();
        var results = await Task.WhenAll(hosts.Select(host => Task.Run(() =>
        {
            var id = new DomainId(Guid.NewGuid());
            return host.SubmitAsync(id, new Define(TestStore.Definition(id, "wanted"), null));
        })));
        Assert.Single(results, result => result.Refusal is null);
        Assert.All(results.Where(result => result.Refusal is not null), result => Assert.Equal(Rule.DomainNameTaken, result.Refusal!.Rule));
        foreach (var host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task Only_who_names_a_version_is_refused_for_it()
    {
        await using var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        await using var other = store.SecondHost();
        Assert.Null((await other.SubmitAsync(domain, new Create(new CreateXml(Name("a"), null, []), default))).Refusal);
        var refused = await store.SubmitAsync(domain, new Create(new CreateXml(Name("b"), null, []), default), ifVersion: 3);
        Assert.Equal(Rule.VersionMismatch, refused.Refusal?.Rule);
        Assert.Null((await store.SubmitAsync(domain, new Create(new CreateXml(Name("b"), null, []), default), ifVersion: 4)).Refusal);
    }

    /// <summary>Somebody else gets in between every time.</summary>
    [Fact]
    public async Task Who_never_wins_is_told_to_come_back()
    {
        await using var store = await TestStore.CreateAsync();
        await using var other = store.SecondHost();
        var domain = await store.DefineAsync("one");
        var refused = await store.SubmitAsync(domain, new Overtaken(() => other.SubmitAsync(domain, new Create(new CreateXml(Name($"c{Guid.NewGuid():N}"), null, []), default))));
        Assert.Equal(Rule.TooBusy, refused.Refusal?.Rule);
        Assert.False((await store.FoldAsync(domain)).Forest.Contains(Name("late")));
    }

    private sealed record Overtaken(Func<Task<Result<Host.Submitted>>> Overtake) : Command
    {
        protected override Result<Decision> Plan(DomainState state, Definition? live)
        {
            Assert.Null(Task.Run(Overtake).GetAwaiter().GetResult().Refusal);
            return new Create(new CreateXml(Name("late"), null, []), default).Decide(state, live);
        }
    }

    private static MomentName Name(string name) => MomentName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name);
}
