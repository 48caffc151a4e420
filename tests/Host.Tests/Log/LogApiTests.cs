using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Log;
using Xunit;

namespace EventCheckpoints.Host.Tests.Log;

/// <summary>Proofs and tiles over HTTP, checked by who has nothing but them and the key.</summary>
public sealed class LogApiTests
{
    [Fact]
    public async Task Tiles_alone_give_the_signed_root_and_the_entries_are_their_leaves()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await ImportAsync(store, 700);
        var checkpoint = await store.SignAsync();
        Assert.InRange(checkpoint.Size, 700, 767);
        var (leaves, entries) = (new List<TreeHash>(), new List<string>());
        for (long tile = 0; tile * Tile.FullWidth < checkpoint.Size; tile++)
        {
            var of = new Tile(0, tile, (int)Math.Min(Tile.FullWidth, checkpoint.Size - (tile * Tile.FullWidth)));
            leaves.AddRange(Hashes(await BytesAsync(store, $"/v1/log/tile/0/{of.Path()}")));
            entries.AddRange(Entries(await BytesAsync(store, $"/v1/log/tile/entries/{of.Path()}")));
        }

        Assert.Equal(leaves, entries.Select(entry => TreeHash.OfLeaf(Encoding.UTF8.GetBytes(entry))));
        Assert.Equal(checkpoint.Root, Root(leaves));
        var above = Hashes(await BytesAsync(store, "/v1/log/tile/1/000.p/2"));
        Assert.Equal([Root(leaves[..256]), Root(leaves[256..512])], above);
        Assert.All(entries, entry => Assert.True(LogEntry.TryParse(entry, out _)));
        Assert.Equal(Enumerable.Range(0, entries.Count).Select(_ => true), entries.Select((entry, at) => at == 0 || string.CompareOrdinal(SequenceOf(entries[at - 1]), SequenceOf(entry)) < 0));
    }

    [Fact]
    public async Task Inclusion_and_consistency_are_proven()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var sizes = new List<LogCheckpoint> { await store.SignAsync() };
        foreach (var count in (int[])[250, 300])
        {
            await ImportAsync(store, count);
            sizes.Add(await store.SignAsync());
        }

        foreach (var from in sizes)
        {
            foreach (var to in sizes.Where(to => to.Size >= from.Size))
            {
                var proof = (await store.Host.Client.GetFromJsonAsync<JsonNode>(new Uri($"/v1/log/consistency?from={from.Size}&to={to.Size}", UriKind.Relative)))!;
                Assert.True(Proofs.IsConsistent(from.Size, from.Root, to.Size, to.Root, Hashes(proof["proof"]!)));
            }
        }

        for (var sequence = 1; sequence <= sizes[^1].Size; sequence += 37)
        {
            var proof = (await store.Host.Client.GetFromJsonAsync<JsonNode>(new Uri($"/v1/log/inclusion?sequence={sequence}", UriKind.Relative)))!;
            var note = SignedNote.Parse((string)proof["checkpoint"]!)!;
            Assert.True(LogKey.Verify(store.Key.Public, note));
            var signed = LogCheckpoint.Parse(note.Text)!;
            Assert.Contains($"\"sequence\":\"{sequence:D20}\"", (string)proof["entry"]!, StringComparison.Ordinal);
            Assert.True(Proofs.IsIncluded(TreeHash.OfLeaf(Encoding.UTF8.GetBytes((string)proof["entry"]!)), (long)proof["index"]!, signed.Size, Hashes(proof["proof"]!), signed.Root));
        }
    }

    [Fact]
    public async Task A_history_says_where_its_proof_is()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var (_, page, _) = await store.Host.SendAsync(HttpMethod.Get, "/v1/domains/one/history?checkpoint=one-c3");
        var record = page["items"]![0]!;
        var proof = (await store.Host.Client.GetFromJsonAsync<JsonNode>(new Uri($"/v1/log/inclusion?sequence={record["sequence"]}", UriKind.Relative)))!;
        Assert.Equal((long)record["logIndex"]!, (long)proof["index"]!);
    }

    [Theory]
    [InlineData("/v1/log/tile/0/001", 404)]
    [InlineData("/v1/log/tile/0/000", 404)]
    [InlineData("/v1/log/tile/0/000.p/255", 404)]
    [InlineData("/v1/log/tile/0/000.p/0", 400)]
    [InlineData("/v1/log/tile/0/0", 400)]
    [InlineData("/v1/log/tile/0/x000/000", 400)]
    [InlineData("/v1/log/tile/9/000", 400)]
    [InlineData("/v1/log/tile/entries/999", 404)]
    [InlineData("/v1/log/inclusion?sequence=99999", 404)]
    [InlineData("/v1/log/inclusion?sequence=x", 400)]
    [InlineData("/v1/log/consistency?from=0", 400)]
    [InlineData("/v1/log/consistency?from=2&to=1", 400)]
    [InlineData("/v1/log/consistency?from=1&to=999999", 400)]
    public async Task What_the_log_does_not_have_is_refused(string path, int status)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        Assert.Equal(status, (int)(await store.Host.SendAsync(HttpMethod.Get, path)).Status);
    }

    [Fact]
    public async Task Without_a_key_the_log_is_kept_and_nothing_is_signed()
    {
        await using var host = await TestHost.StartAsync();
        await host.DefineAsync("one");
        Assert.Equal((HttpStatusCode.NotFound, "log-not-signed"), await Ask("/v1/log/checkpoint"));
        var (_, proof, _) = await host.SendAsync(HttpMethod.Get, "/v1/log/inclusion?sequence=1");
        Assert.Null(proof["checkpoint"]);
        var (_, log, _) = await host.SendAsync(HttpMethod.Get, "/v1/log");
        Assert.Equal(((string?)null, true), ((string?)log["key"], (long)log["size"]! > 3));
        async Task<(HttpStatusCode, string?)> Ask(string path)
        {
            var (status, body, _) = await host.SendAsync(HttpMethod.Get, path);
            return (status, (string?)body["rule"]);
        }
    }

    [Fact]
    public async Task Only_a_writer_has_it_signed_and_a_stranger_sees_nothing()
    {
        await using var host = await TestHost.StartAsync(new AccessToken("auditor", Access.Reader, "0123456789abcdef"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/v1/log/tile/0/000.p/1")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(HttpMethod.Post, "/v1/log/checkpoint", null, ("Authorization", "Bearer 0123456789abcdef"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Get, "/v1/log", null, ("Authorization", "Bearer 0123456789abcdef"))).Status);
    }

    private static async Task ImportAsync(LoggedStore store, int count)
    {
        var name = $"many{count}";
        await store.Host.DefineAsync(name);
        var items = string.Concat(Enumerable.Range(0, count).Select(i => $"<domaincheckpoint><name>c{i}</name><creationTime>{i}</creationTime></domaincheckpoint>"));
        var (status, _, _) = await store.Host.SendAsync(HttpMethod.Post, $"/v1/domains/{name}/bulk", TestHost.Xml($"<checkpoints>{items}</checkpoints>"));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static string SequenceOf(string entry) => (string)JsonNode.Parse(entry)!["sequence"]!;

    private static async Task<byte[]> BytesAsync(LoggedStore store, string path) => await store.Host.Client.GetByteArrayAsync(new Uri(path, UriKind.Relative));

    private static TreeHash[] Hashes(byte[] tile) => [.. tile.Chunk(TreeHash.Length).Select(hash => TreeHash.Of(hash))];

    private static TreeHash[] Hashes(JsonNode proof) => [.. proof.AsArray().Select(hash => TreeHash.TryParse((string)hash!, out var parsed) ? parsed : throw new FormatException())];

    private static TreeHash Root(IEnumerable<TreeHash> leaves)
    {
        var tree = new GrowingTree();
        foreach (var leaf in leaves) tree.Add(leaf);
        return tree.Root;
    }

    private static IEnumerable<string> Entries(byte[] tile)
    {
        for (var at = 0; at < tile.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(tile.AsSpan(at));
            yield return Encoding.UTF8.GetString(tile, at + 2, length);
            at += 2 + length;
        }
    }
}
