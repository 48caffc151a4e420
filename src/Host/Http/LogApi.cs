using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>The tamper-evident log as it is.</summary>
/// <param name="Origin">Its name; null where it is not signed.</param>
/// <param name="Key">What its signatures are verified with (C2SP signed-note's NAME+KEYID+BASE64).</param>
/// <param name="SignedSize">The size that was signed last.</param>
/// <param name="Fault">Why nothing is signed any more; null while all is well.</param>
internal sealed record LogView(string? Origin, string? Key, long Size, long? SignedSize, string? Fault);

/// <summary>That an event is in the log.</summary>
/// <param name="Proof">RFC 6962 §2.1.1, from the leaf to the root; hashes in base64.</param>
/// <param name="Checkpoint">The signed checkpoint of that size; null where nothing is signed.</param>
internal sealed record InclusionView(string Sequence, long Index, long Size, string Entry, string LeafHash, string RootHash, IReadOnlyList<string> Proof, string? Checkpoint);

/// <summary>That the log at one size is the beginning of the log at another (RFC 6962 §2.1.2).</summary>
internal sealed record ConsistencyView(long From, string FromRoot, long To, string ToRoot, IReadOnlyList<string> Proof);

/// <summary>/v1/log: the tree, its signed checkpoints, proofs, and the tiles of C2SP tlog-tiles, which witnesses and monitors read.</summary>
internal static class LogApi
{
    public static void MapLog(this IEndpointRouteBuilder api)
    {
        var log = api.MapGroup("/log").RequireAuthorization(Access.Reader);
        log.MapGet("", Get).Produces<LogView>();
        log.MapGet("/checkpoint", async (LogSigner signer, HttpContext context) =>
            await signer.LastAsync(context.RequestAborted) is { } last ? Text(last.Note.ToString()) : NotSigned().Problem());
        log.MapPost("/checkpoint", async (LogSigner signer, HttpContext context) =>
            await signer.SignAsync(context.RequestAborted) is { } note ? Text(note.ToString()) : NotSigned().Problem()).RequireAuthorization(Access.Writer);
        log.MapGet("/tile/entries/{**tile}", Entries);
        log.MapGet("/tile/{level:int}/{**tile}", Hashes);
        log.MapGet("/inclusion", Inclusion).Produces<InclusionView>().Produces<string>(200, "text/plain");
        log.MapGet("/consistency", Consistency).Produces<ConsistencyView>();
    }

    private static async Task<IResult> Get(LogTree tree, LogSigner signer, LogSettings settings, LogKeeper keeper, HttpContext context)
    {
        var fault = keeper.Fault;
        long? signed = null;
        try
        {
            signed = (await signer.LastAsync(context.RequestAborted))?.Checkpoint.Size;
        }
        catch (InconsistentLogException inconsistent)
        {
            fault ??= inconsistent.Message;
        }

        return Results.Ok(new LogView(settings.Key?.Public.Name, settings.Key?.Public.ToString(), await tree.SizeAsync(context.RequestAborted), signed, fault));
    }

    private static async Task<IResult> Hashes(LogTree tree, HttpContext context, int level, string tile)
    {
        if (!Tile.TryParse(level, tile, out var wanted)) return BadTile(tile).Problem();
        if (!Holds(wanted, Tile.HashesAt(level, await tree.SizeAsync(context.RequestAborted)))) return NoTile(tile).Problem();
        return Bytes(context, wanted, [.. (await tree.TileAsync(wanted, context.RequestAborted)).SelectMany(hash => hash.ToArray())]);
    }

    private static async Task<IResult> Entries(LogTree tree, HttpContext context, string tile)
    {
        if (!Tile.TryParse(0, tile, out var wanted)) return BadTile(tile).Problem();
        if (!Holds(wanted, await tree.SizeAsync(context.RequestAborted))) return NoTile(tile).Problem();
        var bytes = new MemoryStream();
        var length = new byte[2];
        foreach (var (_, text, _) in await tree.EntriesAsync(wanted.Index * Tile.FullWidth, wanted.Width, context.RequestAborted))
        {
            var entry = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)entry.Length));
            bytes.Write(length);
            bytes.Write(entry);
        }

        return Bytes(context, wanted, bytes.ToArray());
    }

    private static async Task<IResult> Inclusion(LogTree tree, LogSigner signer, HttpContext context, string sequence)
    {
        if (!Sequence.TryParse(sequence, out var number)) return new Refusal(Rule.RequestInvalid, $"sequence is '{sequence}', and has to be a record's").Problem();
        var note = await signer.SignAsync(context.RequestAborted);
        var size = note is null ? await tree.SizeAsync(context.RequestAborted) : LogCheckpoint.Parse(note.Text)!.Size;
        if (await tree.IndexOfAsync(number, context.RequestAborted) is not { } index || index >= size)
            return new Refusal(Rule.LogEntryNotFound, $"the log has no entry of sequence {sequence}").Problem();
        var entry = (await tree.EntriesAsync(index, 1, context.RequestAborted))[0];
        var proof = await tree.HashesAsync(ProofSpans.OfInclusion(index, size), context.RequestAborted);
        if (note is not null && context.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.OrdinalIgnoreCase))
            return Text($"c2sp.org/tlog-proof@v1\nindex {index}\n{string.Concat(proof.Select(hash => $"{hash}\n"))}\n{note}");
        return Results.Ok(new InclusionView(
            Sequence.Text(number), index, size, entry.Entry, entry.Hash.ToString(), (await tree.RootAsync(size, context.RequestAborted)).ToString(),
            [.. proof.Select(hash => hash.ToString())], note?.ToString()));
    }

    private static async Task<IResult> Consistency(LogTree tree, HttpContext context, long from, long? to)
    {
        var size = await tree.SizeAsync(context.RequestAborted);
        var later = to ?? size;
        if (from < 1 || from > later || later > size)
            return new Refusal(Rule.RequestInvalid, string.Create(CultureInfo.InvariantCulture, $"from is {from} and to is {later}, and have to be sizes of the log, which has {size} entries")).Problem();
        var proof = await tree.HashesAsync(ProofSpans.OfConsistency(from, later), context.RequestAborted);
        return Results.Ok(new ConsistencyView(
            from, (await tree.RootAsync(from, context.RequestAborted)).ToString(), later, (await tree.RootAsync(later, context.RequestAborted)).ToString(),
            [.. proof.Select(hash => hash.ToString())]));
    }

    private static bool Holds(Tile tile, long count) => tile.Index <= count / Tile.FullWidth && (tile.Index * Tile.FullWidth) + tile.Width <= count;

    /// <summary>A tile never changes.</summary>
    private static IResult Bytes(HttpContext context, Tile tile, byte[] bytes)
    {
        context.Response.Headers.CacheControl = tile.Width == Tile.FullWidth ? "private, max-age=31536000, immutable" : "private, max-age=3600";
        return Results.Bytes(bytes, "application/octet-stream");
    }

    private static IResult Text(string text) => Results.Text(text, "text/plain", Encoding.UTF8);

    private static Refusal NotSigned() => new(Rule.LogNotSigned, "this log is not signed: no key is configured (serve --log-key FILE), or nothing was signed yet");

    private static Refusal BadTile(string tile) => new(Rule.RequestInvalid, $"'{tile}' is no tile: it reads like x001/234 or 000.p/17");

    private static Refusal NoTile(string tile) => new(Rule.LogEntryNotFound, $"the log has not grown to tile {tile}");
}
