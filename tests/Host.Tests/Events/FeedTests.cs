using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Projections;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>The feed in pages and as a stream: every event of a domain, once, in order, and nothing else.</summary>
public sealed class FeedTests
{
    [Fact]
    public void Every_event_of_a_domain_has_a_type_of_its_own()
    {
        var events = typeof(DomainEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DomainEvent)));
        Assert.Equal(events.Select(type => Store.EventNames[type]).Order(StringComparer.Ordinal), EventTypes.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(EventTypes.All.Count, EventTypes.All.Values.Distinct().Count());
        Assert.All(EventTypes.All.Values, type => Assert.Matches(@"^io\.eventcheckpoints\.[a-z]+\.[a-z-]+\.v\d+$", type));
    }

    [Fact]
    public async Task Events_are_cloud_events_thin_and_with_a_reference_that_leads_to_the_xml()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await CreateAsync(host, "one", "a");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>b</name><description>{new string('d', 50_000)}</description></domaincheckpoint>"),
            ("X-Audit-Reason", "nightly"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/a");
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/checkpoints/none");
        var page = await PageAsync(host, "");
        var items = page["items"]!.AsArray().Select(item => item!).ToArray();
        Assert.Equal(["domain.registered", "definition.recorded", "domain.defined", "checkpoint.created", "checkpoint.created", "checkpoint.reparented", "checkpoint.deleted"], items.Select(Type));
        Assert.All(items, item =>
        {
            // CloudEvents 1.0.2 §3.1: attributes are lower case letters and digits, at most 20 advised.
            Assert.All(item.AsObject(), attribute => Assert.Matches("^[a-z0-9]{1,20}$", attribute.Key));
            Assert.Equal(("1.0", "/v1/events", uuid), ((string?)item["specversion"], (string?)item["source"], (string?)item["partitionkey"]));
            Assert.Matches(@"^\d{20}$", (string?)item["sequence"]);
            Assert.True(Guid.TryParse((string?)item["id"], out _));
            Assert.InRange(item.ToJsonString().Length, 1, 20_000);
            Assert.DoesNotContain("<domain", item.ToJsonString(), StringComparison.Ordinal);
        });
        Assert.Equal(items.Length, items.Select(item => (string?)item["id"]).Distinct().Count());
        var (created, large, deleted) = (items[3], items[4], items[6]);
        Assert.Equal(("a", "one", "local", 4), ((string?)created["subject"], (string?)created["data"]!["domain"]!["name"], (string?)created["data"]!["actor"], (int)created["data"]!["version"]!));
        Assert.Equal("a", (string?)created["data"]!["event"]!["name"]);
        Assert.Equal(["description"], large["data"]!["omitted"]!.AsArray().Select(field => (string?)field));
        Assert.Equal(("nightly", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ((string?)large["data"]!["reason"], (string?)large["traceparent"]));
        Assert.Contains("<name>a</name>", await host.XmlAsync((string)created["dataref"]!), StringComparison.Ordinal);
        Assert.Contains("<name>a</name>", await host.XmlAsync((string)deleted["dataref"]!), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SendAsync(HttpMethod.Get, "/v1/domains/one/checkpoints/a")).Status);
    }

    [Fact]
    public async Task From_every_cursor_comes_exactly_the_rest()
    {
        await using var host = await TestHost.StartAsync();
        await FillAsync(host);
        var all = await TableAsync(host);
        Assert.Equal(all, await AllAsync(host, 1, null));
        Assert.Equal(all, await AllAsync(host, 7, null));
        foreach (var cursor in all) Assert.Equal(all.Where(sequence => string.CompareOrdinal(sequence, cursor) > 0), await AllAsync(host, 5, cursor));
        // Nothing more: the position goes on all the same, over what is no event of a domain.
        var end = (string)(await PageAsync(host, $"?after={all[^1]}"))["next"]!;
        Assert.True(string.CompareOrdinal(end, all[^1]) >= 0);
        await CreateAsync(host, "one", "late");
        Assert.Equal("late", (string?)Assert.Single((await PageAsync(host, $"?after={end}"))["items"]!.AsArray())!["subject"]);
    }

    [Fact]
    public async Task Filters_let_through_what_they_say()
    {
        await using var host = await TestHost.StartAsync();
        await FillAsync(host);
        async Task<string> Of(string query) => string.Join(' ', (await PageAsync(host, query))["items"]!.AsArray().Select(item => $"{item!["data"]!["domain"]!["name"]}/{item["data"]!["version"]}"));
        Assert.Equal("one/7 two/7", await Of("?type=*.deleted.v1"));
        Assert.Equal("one/7 two/7", await Of("?type=checkpoint_deleted"));
        Assert.Equal("two/4 two/7", await Of("?domain=two&checkpoint=a"));
        Assert.Equal("one/4 one/5 two/4 two/5", await Of("?type=*created*&actor=local&source=api"));
        Assert.Equal("", await Of("?actor=nobody") + await Of("?from=now"));
        var second = (await PageAsync(host, "?domain=two"))["items"]![0]!;
        Assert.StartsWith("two/1 two/2 two/3", await Of("?from=" + Uri.EscapeDataString((string)second["recordedtime"]!)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/events?type=nothing", "request-invalid")]
    [InlineData("/v1/events?from=yesterday", "request-invalid")]
    [InlineData("/v1/events?from=start&after=1", "request-invalid")]
    [InlineData("/v1/events?after=99999", "request-invalid")]
    [InlineData("/v1/events?limit=0", "request-invalid")]
    [InlineData("/v1/events?actor=a%00", "request-invalid")]
    [InlineData("/v1/events?domain=none", "domain-not-found")]
    [InlineData("/v1/events/stream?after=-1", "request-invalid")]
    [InlineData("/v1/events/stream?limit=1", "request-invalid")]
    public async Task What_cannot_be_answered_is_refused(string path, string rule)
    {
        await using var host = await TestHost.StartAsync();
        Assert.Equal(rule, (string?)(await host.SendAsync(HttpMethod.Get, path)).Body["rule"]);
    }

    [Fact]
    public async Task A_batch_is_a_batch_and_a_stranger_gets_none()
    {
        await using var host = await TestHost.StartAsync(new AccessToken("robot", Access.Reader, "0123456789abcdef"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/v1/events")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/v1/events/stream")).Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events") { Headers = { { "Accept", "application/cloudevents-batch+json" }, { "Authorization", "Bearer 0123456789abcdef" } } };
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(("application/cloudevents-batch+json", "[]"), (response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync()));
        Assert.Matches(@"^\d{20}$", response.Headers.GetValues("X-Next").Single());
    }

    [Fact]
    public async Task An_event_that_commits_late_is_never_passed_over()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        await using var reader = await FeedReader.OpenAsync(host.Url, "?from=start");
        await reader.UntilAsync(3);
        await using var owner = NpgsqlDataSource.Create(host.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync();
        await using var open = await connection.BeginTransactionAsync();
        var late = await ScalarAsync<long>(connection, open, "select nextval('eventcheckpoints.mt_events_sequence')");
        await CreateAsync(host, "one", "early");
        Assert.Empty((await PageAsync(host, $"?after={reader.Ids[^1]}"))["items"]!.AsArray());
        await ScalarAsync<object>(connection, open,
            $"""
            insert into eventcheckpoints.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, headers)
            select {late}, gen_random_uuid(), stream_id, 77, data, 'domain_renamed', now(), tenant_id, headers from eventcheckpoints.mt_events where type = 'domain_registered' returning 1
            """);
        await open.CommitAsync();
        await reader.UntilAsync(5);
        Assert.Equal(await TableAsync(host), reader.Ids);
        Assert.Contains("domain.renamed", reader.Data[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_of_one_host_is_one_for_another_that_has_just_begun_also_while_an_append_hangs()
    {
        await using var host = await TestHost.StartAsync();
        await using var owner = NpgsqlDataSource.Create(host.ConnectionString);
        await using var connection = await owner.OpenConnectionAsync();
        // An append that failed leaves a gap for good.
        await using (var failed = await connection.BeginTransactionAsync()) await ScalarAsync<long>(connection, failed, "select nextval('eventcheckpoints.mt_events_sequence')");
        await host.DefineAsync("one");
        var told = (string)(await PageAsync(host, "?from=start"))["next"]!;
        await using var hangs = await connection.BeginTransactionAsync();
        await ScalarAsync<long>(connection, hangs, "select nextval('eventcheckpoints.mt_events_sequence')");
        await using var fresh = await host.SecondAsync();
        Assert.Equal(told, (string?)(await PageAsync(fresh, $"?after={told}"))["next"]);
        await using var reader = await FeedReader.OpenAsync(fresh.Url, "", told);
        // Nor does the gap hold it up: what is in the log was settled for another host.
        await Eventually.Async(async () => string.CompareOrdinal((string)(await PageAsync(fresh, "?from=now"))["next"]!, told) >= 0, () => "it does not get past the gap");
        await hangs.RollbackAsync();
        await CreateAsync(host, "one", "a");
        await reader.UntilAsync(1);
        Assert.Equal((await TableAsync(host))[^1..], reader.Ids);
    }

    [Fact]
    public async Task A_page_of_events_that_were_made_large_takes_little_memory()
    {
        await using var host = await TestHost.StartAsync();
        var uuid = await host.DefineAsync("one");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>a</name><description>{new string('d', 5_000_000)}</description></domaincheckpoint>"));
        var mediator = host.Services.GetRequiredService<IMediator>();
        var page = await mediator.Send(new ReadFeed(new FeedFilter(), 0, (await mediator.Send(new FindFeedEnd())).After, 100));
        Assert.InRange(page.Events[^1].Payload.GetRawText().Length, 16_000, 20_000);
        var told = (await PageAsync(host, ""))["items"]!.AsArray()[^1]!;
        Assert.Equal(("a", uuid, "description"), ((string?)told["subject"], (string?)told["partitionkey"], (string?)told["data"]!["omitted"]![0]));
        Assert.Null(told["data"]!["event"]!["description"]);
    }

    /// <summary>DEL is one byte of XML and six of JSON, the most that any character grows.</summary>
    [Fact]
    public async Task What_is_long_only_once_it_is_written_is_left_out_too()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        foreach (var length in (int[])[2_500, 3_000])
            await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>d{length}</name><description>{new string('\x7f', length)}</description></domaincheckpoint>"));
        var told = (await PageAsync(host, ""))["items"]!.AsArray().TakeLast(2).Select(item => item!["data"]!).ToArray();
        Assert.Equal(2_500, ((string?)told[0]["event"]!["description"])?.Length);
        Assert.Null(told[0]["omitted"]);
        Assert.Equal("description", (string?)told[1]["omitted"]![0]);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal static async Task CreateAsync(TestHost host, string domain, string name) => await host.SendAsync(
        HttpMethod.Post, $"/v1/domains/{domain}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));

    /// <summary>The sequence of every event of the domains, or of one of them, from the table.</summary>
    internal static async Task<string[]> TableAsync(TestHost host, string? domain = null)
    {
        await using var owner = NpgsqlDataSource.Create(host.ConnectionString);
        await using var command = owner.CreateCommand(
            "select lpad(seq_id::text, 20, '0') from eventcheckpoints.mt_events where stream_id in (select domain_id from eventcheckpoints.domains where $1 in ('', domain_id::text)) order by seq_id");
        command.Parameters.AddWithValue(domain ?? "");
        var sequences = new List<string>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) sequences.Add(row.GetString(0));
        return [.. sequences];
    }

    private static async Task FillAsync(TestHost host)
    {
        foreach (var name in (string[])["one", "two"])
        {
            await host.DefineAsync(name);
            await CreateAsync(host, name, "a");
            await CreateAsync(host, name, "b");
            await host.SendAsync(HttpMethod.Delete, $"/v1/domains/{name}/checkpoints/a?children=false");
            await host.SendAsync(HttpMethod.Delete, $"/v1/domains/{name}/checkpoints/none");
            await host.SendAsync(HttpMethod.Get, $"/v1/domains/{name}/history");
        }
    }

    private static async Task<List<string>> AllAsync(TestHost host, int limit, string? after)
    {
        var sequences = new List<string>();
        for (var next = after; ;)
        {
            var page = await PageAsync(host, $"?limit={limit}{(next is null ? "" : $"&after={next}")}");
            sequences.AddRange(page["items"]!.AsArray().Select(item => (string)item!["sequence"]!));
            if (page["items"]!.AsArray().Count < limit) return sequences;
            next = (string)page["next"]!;
        }
    }

    private static async Task<JsonNode> PageAsync(TestHost host, string query)
    {
        var (status, page, _) = await host.SendAsync(HttpMethod.Get, "/v1/events" + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return page;
    }

    private static string Type(JsonNode item) => Regex.Replace((string)item["type"]!, @"^io\.eventcheckpoints\.|\.v1$", "");
}
