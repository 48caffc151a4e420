using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Http;

/// <summary>What an export says of the log: it is brought up to date and signed first, so that every exported event has its entry.</summary>
internal sealed class ExportedLog(LogSigner signer, LogTree tree)
{
    public async Task<(long Through, IReadOnlyList<MissingEvent> Missing, Completeness Complete)> ClaimAsync(bool filtered, CancellationToken cancellation)
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

        var last = await tree.EntriesAsync(size - 1, 1, cancellation);
        var through = last.Count == 0 ? 0 : last[0].Sequence;
        return (
            through,
            filtered ? [] : await tree.MissingAsync(size, cancellation),
            new Completeness(0, null, null, Sequence.Text(through), filtered, size, root?.ToString(), note?.ToString(), fault));
    }
}
