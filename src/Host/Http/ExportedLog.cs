using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>What an export says of the log: it is brought up to date and signed first, so that every exported event has its entry.</summary>
internal sealed class ExportedLog(LogSigner signer, LogTree tree)
{
    /// <param name="since">From this size of the log on; null: all.</param>
    public async Task<Result<Claim>> ClaimAsync(bool filtered, long? since, CancellationToken cancellation)
    {
        string? fault = null;
        SignedNote? note = null;
        TreeHash? root = null;
        long size;
        try
        {
            note = await signer.SignAsync(cancellation);
            size = note is { Text: var text } ? LogCheckpoint.Parse(text)!.Size : await tree.SizeAsync(cancellation);
            root = await tree.RootAsync(size, cancellation);
        }
        catch (InconsistentLogException inconsistent)
        {
            // What is at fault is exported all the same: that is how it is looked at.
            fault = inconsistent.Message;
            size = await tree.SizeAsync(cancellation);
        }

        if (since is { } from && (filtered || from < 1 || from > size))
        {
            return new Refusal(Rule.RequestInvalid, filtered
                ? "since goes without a filter: the tree can only be gone on with by all entries"
                : $"since is {from}, and has to be a size that the log had; it has {size} entries");
        }

        var through = await SequenceAsync(size - 1, cancellation);
        var begins = since is { } begun && fault is null
            ? new Beginning(begun, [.. (await tree.BeginningAsync(begun, cancellation)).Select(hash => hash.ToString())])
            : null;
        return new Claim(
            through,
            since is { } first ? await SequenceAsync(first - 1, cancellation) : null,
            begins,
            filtered ? [] : await tree.MissingAsync(since ?? 0, size, cancellation),
            new Completeness(0, null, null, Sequence.Text(through), filtered, size, root?.ToString(), note?.ToString(), fault));
    }

    private async Task<long> SequenceAsync(long index, CancellationToken cancellation) =>
        await tree.EntriesAsync(index, 1, cancellation) is [var entry] ? entry.Sequence : 0;

    /// <param name="After">The sequence of the last event before the export; null where it begins at the beginning.</param>
    /// <param name="Through">And of the last one in it.</param>
    internal sealed record Claim(long Through, long? After, Beginning? Begins, IReadOnlyList<MissingEvent> Missing, Completeness Complete);
}
