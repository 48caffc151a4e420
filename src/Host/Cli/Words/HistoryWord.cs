using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>history: what happened to a domain or a checkpoint.</summary>
internal static class HistoryWord
{
    public static Word Word { get; } = new(
        "history",
        Group.Audit,
        "what happened to a domain or a checkpoint, who did it, when and why",
        "Prints a record for each event of a domain, or of the checkpoints of one name, oldest first.",
        [WordOption.Domain, new("checkpointname", Takes.Text, "only this checkpoint", Names.Checkpoint), RecordTable.Reverse, RecordTable.Limit, RecordTable.Json],
        Run)
    {
        Notes =
        [
            "The domain may be one that is no longer registered: by its uuid, or by the last name it had.",
            "A checkpoint stands as NAME@VERSION, with the version of the event that began its life: a name that was deleted and made again has two lives.",
            "Times are when the event was recorded; --json has when it occurred, too. Definitions are told by the beginning of their hash.",
        ],
        Examples = ["history vm1", "history vm1 monday", "history vm1 --reverse --limit 10", "history vm1 monday --json"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || !call.Text("checkpointname", out var name)) return false;
        if (name is not null && !MomentName.TryParse(name, out _)) return call.Fail($"Domain checkpoint not found: no domain checkpoint ever had the name '{name}'");
        return await RecordTable.Print(call, $"{domain}/history?{(name is null ? "" : $"checkpoint={name}")}", "cursor", null, acrossDomains: false);
    }
}
