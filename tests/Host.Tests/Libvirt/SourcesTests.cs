using System.Net;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Host.Sources;
using EventCheckpoints.Projections;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Libvirt;

/// <summary>Servers that learn from libvirt hosts by themselves.</summary>
public sealed class SourcesTests
{
    private const string Token = "a token of sixteen and more";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With tokens, the server's own words have one of their own; a host that is not there is told and harms nothing.</summary>
    [Fact]
    public async Task A_server_learns_from_its_sources_again_and_again_and_says_how_that_goes()
    {
        await using var directory = new TemporaryDirectory();
        var node = Path.Combine(directory.Path, "node.xml");
        await File.WriteAllTextAsync(node, Node("one"), Stop);
        var sources = await SourcesAsync(directory, $$"""[{"name":"lab","uri":"test://{{node}}","every":1},{"name":"away","uri":"nosuch:///system","every":3600}]""");
        var tokens = Path.Combine(directory.Path, "tokens.json");
        await File.WriteAllTextAsync(tokens, $$"""[{"name":"operator","role":"writer","token":"{{Token}}"},{"name":"auditor","role":"reader","token":"{{Token}} of another"}]""", Stop);
        await using var serve = await ServeProcess.StartAsync("--data", Path.Combine(directory.Path, "data"), "--sources", sources, "--tokens", tokens);
        using var api = new Api(serve.Client.BaseAddress!, Token);
        await Eventually.Async(async () => (await api.Get<DomainSummary>("v1/domains/one")).Value is not null, () => "nothing is learned");
        await Eventually.Async(async () => (await ListAsync(api)).All(source => source!["ended"] is not null), () => "there was no look");
        var (host, version) = (await api.Get<DomainSummary>("v1/domains/one")).Value is { Host: { } name, Version: var at } ? (name, at) : throw new InvalidOperationException("it has no host");
        var (away, lab) = ((await ListAsync(api))[0]!, (await ListAsync(api))[1]!);
        Assert.Equal(("away", "lab", 1, null), ((string?)away["name"], (string?)lab["name"], (int)lab["last"]!["domains"]!, (string?)lab["last"]!["problem"]));
        Assert.StartsWith("nosuch:///system: ", (string?)away["last"]!["problem"], StringComparison.Ordinal);
        Assert.Null(away["succeeded"]);
        var record = JsonNode.Parse((await api.GetJson("v1/domains/one/history?order=oldest")).Value!)!["items"]![0]!;
        Assert.Equal(("sources", "sync", "seen by source lab"), ((string?)record["actor"], (string?)record["source"], (string?)record["reason"]));

        // Drift, as the server sees it, and all at once.
        await File.WriteAllTextAsync(node, Node("one", memory: 2), Stop);
        await Eventually.Async(async () => (await api.Get<DomainSummary>("v1/domains/one")).Value!.Version > version, () => "the change is not learned");
        Assert.Equal("""{"domains":[{"domain":"5a3f2c11-7d10-4b8e-9a64-000000000001","name":"one","items":[],"unseen":{}}]}""", (await api.GetJson("v1/sources/lab/drift")).Value);
        Assert.Equal("source-unreachable", (await api.GetJson("v1/sources/away/drift")).Problem?.Rule);
        Assert.Equal("source-not-found", (await api.GetJson("v1/sources/nosuch/drift")).Problem?.Rule);
        var all = await RunAsync(api, "drift --all");
        Assert.Equal(("one: no difference\n\n", 2), (all.Stdout, all.Rc));
        Assert.StartsWith("error: source away: operation failed: nosuch:///system: ", all.Stderr, StringComparison.Ordinal);
        var listed = (await RunAsync(api, "source-list")).Stdout;
        Assert.Matches($" lab +test://{node} +1 s +[0-9-]+ [0-9:]+ +1 +well\n", listed);

        // The page says the same, and compares; whoever may only read is offered no look.
        var page = await PageAsync(serve.Client, Token, "/sources");
        foreach (var seen in new[] { ">well<", ">not well<", "; never well", "href=\"/sources/lab/drift\"", "action=\"/sources/away/sync\"" }) Assert.Contains(seen, page, StringComparison.Ordinal);
        Assert.Contains("Nothing: all 1 domains agree.", await PageAsync(serve.Client, Token, "/sources/lab/drift"), StringComparison.Ordinal);
        Assert.Contains("source-unreachable", await PageAsync(serve.Client, Token, "/sources/away/drift"), StringComparison.Ordinal);
        Assert.DoesNotContain("method=\"post\" action=\"/sources", await PageAsync(serve.Client, $"{Token} of another", "/sources"), StringComparison.Ordinal);
        // A checkpoint that the host does not have, and what would mend that.
        Assert.Equal(0, (await RunAsync(api, "checkpoint-create-as one mine")).Rc);
        var differs = await PageAsync(serve.Client, Token, "/sources/lab/drift");
        foreach (var seen in new[] { "<code>missing-on-host</code>", "<td>mine</td>", "restore one --to test://" }) Assert.Contains(seen, differs, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(api, "checkpoint-delete one mine")).Rc);

        // One that is asked for does not wait; whoever may only read asks for nothing.
        var before = (string?)away["ended"];
        Assert.Equal("A look at source away is asked for\n\n", (await RunAsync(api, "source-sync away")).Stdout);
        await Eventually.Async(async () => (string?)(await ListAsync(api))[0]!["ended"] != before, () => "the look that was asked for is not made");
        using var auditor = new Api(serve.Client.BaseAddress!, $"{Token} of another");
        Assert.Equal("forbidden", (await auditor.Do(HttpMethod.Post, "v1/sources/away/sync", new Change(null, null))).Problem?.Rule);
        Assert.Equal("error: invalid argument: no source 'nosuch' here: serve --sources FILE names them\n", (await RunAsync(api, "source-sync nosuch")).Stderr);

        // What the host has no longer is lost as a whole.
        Assert.Equal(0, (await RunAsync(api, "checkpoint-create-as one cp1")).Rc);
        await File.WriteAllTextAsync(node, Node("two"), Stop);
        await Eventually.Async(async () => (await api.Get<DomainSummary>("v1/domains/one")).Value is { Host: null, Lost: 1 }, () => "that the domain is gone is not learned");
        Assert.Equal(host, (await api.Get<DomainSummary>("v1/domains/two")).Value!.Host);
        Assert.Equal(HttpStatusCode.OK, (await serve.Client.GetAsync("/healthz", Stop)).StatusCode);
        Assert.Equal(0, await serve.StopAsync());
    }

    /// <summary>inotify: a look a day, and still it is learned at once.</summary>
    [Fact]
    public async Task A_change_in_libvirts_own_store_is_learned_at_once()
    {
        Assert.SkipWhen(LibvirtServer.Missing is not null, LibvirtServer.Missing ?? "");
        await using var libvirt = new LibvirtServer();
        await libvirt.InitializeAsync();
        var file = await libvirt.DomainFileAsync("watched", Guid.NewGuid());
        await libvirt.VirshAsync($"define {file}; start watched --paused; checkpoint-create-as watched cp1");
        await using var directory = new TemporaryDirectory();
        var sources = await SourcesAsync(directory, $$"""[{"name":"here","uri":"{{libvirt.Uri}}","every":86400,"watch":"{{libvirt.PathOf("config/libvirt/qemu/checkpoint")}}"}]""");
        await using var serve = await ServeProcess.StartAsync("--data", Path.Combine(directory.Path, "data"), "--sources", sources);
        using var api = new Api(serve.Client.BaseAddress!);
        async Task<string> NamesAsync(string query = "") => string.Join(' ', ((await api.GetAll<CheckpointItem>($"v1/domains/watched/checkpoints{query}")).Value ?? []).Select(item => item.Name.Value));
        await Eventually.Async(async () => await NamesAsync() == "cp1", () => "the first look learns nothing");
        await libvirt.VirshAsync("checkpoint-create-as watched cp2");
        await Eventually.Async(async () => await NamesAsync() == "cp1 cp2", () => "a new checkpoint is not learned");
        await libvirt.VirshAsync("checkpoint-delete watched cp2");
        await Eventually.Async(async () => await NamesAsync("?lost=true") == "cp2", () => "a deleted checkpoint is not told as lost");
        await libvirt.VirshAsync("destroy watched");
    }

    /// <summary>libvirt's library waits for a host as long as it likes; the server does not.</summary>
    [Fact]
    public async Task A_host_that_does_not_answer_is_given_up_and_its_process_ended()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var directory = new TemporaryDirectory();
        var sources = await SourcesAsync(directory, $$"""[{"name":"silent","uri":"test+tcp://127.0.0.1:{{((IPEndPoint)silent.LocalEndpoint).Port}}/default","every":3600,"timeout":2}]""");
        await using var serve = await ServeProcess.StartAsync("--data", Path.Combine(directory.Path, "data"), "--sources", sources);
        using var api = new Api(serve.Client.BaseAddress!);
        await Eventually.Async(async () => (await ListAsync(api)) is [{ } one] && one["ended"] is not null, () => "the look does not end");
        Assert.Equal("it did not end within 2 seconds, and was ended", (string?)(await ListAsync(api))[0]!["last"]!["problem"]);
        Assert.Equal("source-timed-out", (await api.GetJson("v1/sources/silent/drift")).Problem?.Rule);
        Assert.Equal(0, await serve.StopAsync());
    }

    [Theory]
    [InlineData("[]", "there is no source in it")]
    [InlineData("[null]", "there is no source in it")]
    [InlineData("{}", "It has to be a JSON array")]
    [InlineData("""[{"name":"x"}]""", "It has to be a JSON array")]
    [InlineData("""[{"name":"x","uri":"test:///default","evry":1}]""", "It has to be a JSON array")]
    [InlineData("""[{"name":"a b","uri":"test:///default"}]""", "'a b' is no name for a source")]
    [InlineData("""[{"name":"x","uri":""}]""", "needs a URI")]
    [InlineData("""[{"name":"x","uri":"--help"}]""", "needs a URI")]
    [InlineData("""[{"name":"x","uri":"test:///default","every":0}]""", "every is 0")]
    [InlineData("""[{"name":"x","uri":"test:///default","timeout":0}]""", "timeout is 0")]
    [InlineData("""[{"name":"x","uri":"test:///default","watch":"/nosuch"}]""", "there is no directory /nosuch")]
    [InlineData("""[{"name":"x","uri":"test:///default"},{"name":"x","uri":"test:///default"}]""", "x is there twice")]
    public async Task A_file_of_sources_that_says_something_else_is_one_sentence(string text, string sentence)
    {
        await using var directory = new TemporaryDirectory();
        var file = await SourcesAsync(directory, text);
        var refused = Assert.Throws<StartupException>(() => SourceSettings.Read(file));
        Assert.StartsWith(file, refused.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string> SourcesAsync(TemporaryDirectory directory, string text)
    {
        var file = Path.Combine(directory.Path, "sources.json");
        await File.WriteAllTextAsync(file, text, Stop);
        return file;
    }

    private static async Task<string> PageAsync(HttpClient client, string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } };
        using var answer = await client.SendAsync(request, Stop);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<JsonArray> ListAsync(Api api) => JsonNode.Parse((await api.GetJson("v1/sources")).Value!)!["items"]!.AsArray();

    private static async Task<Batch.Outcome> RunAsync(Api api, string command)
    {
        var outcomes = new List<Batch.Outcome>();
        await Batch.RunLines(new StringReader(command), new Session(api, AllWords.Table) { Zone = TimeZoneInfo.Utc }, outcome =>
        {
            outcomes.Add(outcome);
            return Task.CompletedTask;
        });
        return Assert.Single(outcomes);
    }

    private static string Node(string name, int memory = 1) =>
        $"<node><domain type='test'><name>{name}</name><uuid>5a3f2c11-7d10-4b8e-9a64-{(name == "one" ? 1 : 2):D12}</uuid><memory>{memory}</memory><os><type>hvm</type></os>"
        + $"<devices><disk type='file'><source file='/{name}'/><target dev='vda'/></disk></devices></domain></node>";
}
