using System.Buffers;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Hosts;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>What a person can do about a difference, as commands to be pasted into a shell; none of them is ever run by itself.</summary>
/// <param name="Learn">Makes the store say what the host says; null where nothing does.</param>
/// <param name="Restore">Makes the host say what the store says; null where nothing does.</param>
internal sealed record DriftMend(string? Learn, string? Restore)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/+@-");

    /// <param name="checkpoint">Null where it is about the domain.</param>
    /// <param name="stored">The domain's name in the store.</param>
    /// <param name="seen">Its name on the host.</param>
    public static DriftMend Of(DriftKind kind, MomentName? checkpoint, string stored, string seen, string uri)
    {
        var learn = $"sync {Quoted(uri)} --domain {Quoted(seen)}";
        var restore = $"restore {Quoted(stored)} --to {Quoted(uri)}";
        var define = $"dumpxml {Quoted(stored)} --security-info, then virsh define";
        if (checkpoint is not { } name)
        {
            return kind switch
            {
                DriftKind.MissingOnHost => new DriftMend(null, $"{define}, then {restore}"),
                DriftKind.UnknownToStore => new DriftMend(learn, null),
                DriftKind.DefinitionDiffers => new DriftMend(learn, define),
                _ => new DriftMend(null, null),
            };
        }

        var forget = $"virsh -c {Quoted(uri)} checkpoint-delete {Quoted(seen)} {Quoted(name.Value)} --metadata";
        return kind switch
        {
            // Nothing is ever deleted by a sync: whether it was deleted or lost there is a person's to say.
            DriftKind.MissingOnHost => new DriftMend($"checkpoint-delete {Quoted(stored)} {Quoted(name.Value)} --metadata", restore),
            DriftKind.UnknownToStore => new DriftMend(learn, forget),
            // libvirt would take a redefine over it, but a restore leaves alone what is there.
            DriftKind.ParentDiffers or DriftKind.DefinitionDiffers => new DriftMend(learn, $"{forget}, then {restore}"),
            // What it was made of is a person's to bring back; a sync marks that it is gone.
            DriftKind.DiskDetached or DriftKind.DiskReplaced or DriftKind.DiskResized or DriftKind.DiskMoved => new DriftMend(learn, null),
            // A bitmap cannot be put back: a full backup begins a new chain.
            _ => new DriftMend(null, null),
        };
    }

    /// <summary>As it is where nothing in it needs quotes.</summary>
    private static string Quoted(string word) => word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : RestoreScript.Quoted(word);
}
