using System.Globalization;
using EventCheckpoints.Host.Cli.Hosts;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Libvirt;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>sync: what a libvirt host knows goes into the store; nothing on the host is changed.</summary>
internal static class SyncWord
{
    /// <summary>How an event says that it came from a host.</summary>
    private const string Source = "sync";

    public static Word Word { get; } = new(
        "sync",
        Group.Hosts,
        "learn from a libvirt host what changed there",
        "Looks at all domains of a libvirt host and their checkpoints, and records what the store does not know yet. The host is not changed.",
        [
            new("uri", Takes.Required, "the host, such as qemu:///system"),
            new("domain", Takes.Text, "only this domain, by name or uuid", Names.Domain, NamedOnly: true),
            new("bitmaps", Takes.Nothing, "look into the disks too, whether the bitmaps of the checkpoints are there", NamedOnly: true),
            new("take", Takes.Nothing, "learn of domains that are shut off here and were last seen on another host, too", NamedOnly: true),
            new("whole", Takes.Nothing, "compare the <domain> inside of each checkpoint, too", NamedOnly: true),
            new("every", Takes.Text, "again every so many seconds, until interrupted", NamedOnly: true),
            WordOption.Reason,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "A domain is known by its uuid: one that has another name on the host is renamed in the store. New and changed checkpoints are redefined, with the source 'sync'.",
            "What the host does not have any more stays in the store, and is marked as lost; 'restore' puts it back, and the next look finds it again. Nothing new there is no event here.",
            "A checkpoint whose disk was detached, replaced by another, resized, given to another domain, or, with --bitmaps, has its bitmap no longer, is marked as not to be relied on for that disk.",
            "A domain that is shut off here and was last seen on another host is left alone: after a migration both may have it, and one of them is old. --take says that this one counts.",
            "libvirt.so.0 is needed where this runs, and nowhere else. The URI is opened for writing, since libvirt shows definitions whole to nobody else.",
        ],
        Examples = ["sync qemu:///system", "sync qemu+ssh://root@kvm7/system --every 30", "sync qemu:///system --domain vm1 --bitmaps --json"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        var pause = TimeSpan.Zero;
        if (!call.Text("uri", out var uri) || !call.Text("domain", out var only)) return false;
        if (call.Given("every") is { } every)
        {
            if (!int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 86_400)
                return call.Fail($"--every takes a number of seconds from 1 to 86400, not '{every}'");
            pause = TimeSpan.FromSeconds(seconds);
        }

        var all = await LookAsync(call, uri!, only);
        while (pause > TimeSpan.Zero)
        {
            call.Out.Flush();
            await Task.Delay(pause);
            all = await LookAsync(call, uri!, only);
        }

        return all;
    }

    private static async Task<bool> LookAsync(Invocation call, string uri, string? only)
    {
        IReadOnlyList<SyncOutcome>? outcomes;
        try
        {
            using var host = LibvirtConnection.Open(uri);
            var change = new Change(call.Change.Reason ?? $"seen on {host.HostName}", null, Source);
            if (!call.Got(await new HostSync(call.Api, host, change, call.Has("take"), call.Has("whole"), call.Has("bitmaps")).LookAsync(only), out outcomes)) return false;
        }
        catch (LibvirtException no)
        {
            return call.Fail($"{uri}: {no.Message}");
        }

        if (only is not null && outcomes.Count == 0) return call.Fail($"failed to get domain '{only}'");
        if (call.WantsJson) call.PrintAsJson(new { domains = outcomes });
        else foreach (var outcome in outcomes) Tell(call, outcome);
        foreach (var failed in outcomes.Where(outcome => outcome.Problem is not null)) call.Fail($"{failed.Name}: {failed.Problem}");
        return outcomes.All(outcome => outcome.Problem is null);
    }

    private static void Tell(Invocation call, SyncOutcome outcome)
    {
        if (outcome.Problem is not null) return;
        if (outcome.Skipped is { } why)
        {
            call.Say($"{outcome.Name}: {why}\n");
            return;
        }

        var parts = new List<string> { $"{outcome.Created.Count} new", $"{outcome.Redefined.Count} changed", $"{outcome.Unchanged} unchanged" };
        if (outcome.Lost.Count > 0) parts.Add($"lost: {string.Join(", ", outcome.Lost)}");
        if (outcome.Found.Count > 0) parts.Add($"found again: {string.Join(", ", outcome.Found)}");
        if (outcome.Invalidated.Count > 0) parts.Add($"not to be relied on: {string.Join(", ", outcome.Invalidated)}");
        if (outcome.Validated.Count > 0) parts.Add($"to be relied on again: {string.Join(", ", outcome.Validated)}");
        if (outcome.Missing.Count > outcome.Lost.Count) parts.Add($"not on the host: {string.Join(", ", outcome.Missing.Except(outcome.Lost))}");
        call.Say($"{outcome.Name}: {string.Join("; ", parts)}\n");
        foreach (var (disk, unseen) in outcome.Unseen) call.Say($"{outcome.Name}: {disk} could not be looked into: {unseen}\n");
    }
}
