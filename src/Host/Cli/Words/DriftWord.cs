using System.Text.Json;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Cli.Hosts;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Libvirt;
using EventCheckpoints.Host.Sources;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>drift: where a libvirt host and the store disagree; neither is changed.</summary>
internal static class DriftWord
{
    private const int Some = 1;

    public static Word Word { get; } = new(
        "drift",
        Group.Hosts,
        "where a libvirt host and the store disagree",
        "Compares the domains of a libvirt host and their checkpoints with what the store has of them, and says what would mend each difference. Nothing is changed on either side.",
        [
            new("uri", Takes.Text, "the host, such as qemu:///system"),
            new("all", Takes.Nothing, "all sources of the server, which looks itself", NamedOnly: true),
            new("domain", Takes.Text, "only this domain, by name or uuid", Names.Domain, NamedOnly: true),
            new("bitmaps", Takes.Nothing, "look into the disks too, whether the bitmaps of the checkpoints are there", NamedOnly: true),
            WordOption.Json,
        ],
        Run)
    {
        Trouble = 2,
        Notes =
        [
            "The exit code is 0 where nothing differs, 1 where something does, 2 where it could not be told, as diff's.",
            "The kinds: missing-on-host, unknown-to-store, parent-differs, definition-differs, current-differs, current-ambiguous, disk-detached, disk-replaced, disk-resized, disk-moved; with --bitmaps also bitmap-missing, bitmap-inconsistent, bitmap-orphaned.",
            "--bitmaps asks QEMU of a domain that runs, which marks it as tainted (custom-monitor) in libvirt, and qemu-img of one that does not, on the host itself.",
            "What libvirt takes as current it tells nobody; what it will take after the next start of its daemon is compared.",
            "A domain that was last seen on the host by a sync, and is there no more, is missing-on-host as a whole.",
        ],
        Examples = ["drift qemu:///system", "drift --all", "drift qemu:///system --domain vm1 --bitmaps --json"],
    };

    private static readonly IReadOnlyDictionary<string, string> AllSeen = new Dictionary<string, string>();

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Text("uri", out var uri) || !call.Text("domain", out var only)) return false;
        if ((uri is null) != call.Has("all")) return call.Fail("which host: one of a URI and --all is needed");
        if (uri is null) return only is null ? await AllAsync(call) : call.Fail("--domain goes with a URI, and not with --all");
        var outcomes = new List<DriftOfDomain>();
        try
        {
            using var host = LibvirtConnection.Open(uri);
            using var look = new HostLook(host);
            foreach (var domain in look.Of(only))
            {
                if (await CompareAsync(call, uri, look, domain, host.IsLocal) is not { } outcome) return false;
                outcomes.Add(outcome);
            }

            if (only is null)
            {
                if (!call.Got(await call.Api.GetAll<DomainSummary>($"v1/domains?host={Uri.EscapeDataString(look.Name.Value)}"), out var known)) return false;
                outcomes.AddRange(known.Where(stored => outcomes.All(outcome => outcome.Domain != stored.Id)).Select(stored => Gone(stored, uri)));
            }
        }
        catch (LibvirtException no)
        {
            return call.Fail($"{uri}: {no.Message}");
        }

        if (only is not null && outcomes.Count == 0)
        {
            if (!call.Domain(out var path) || !call.Got(await call.Api.Get<DomainSummary>(path), out var stored)) return false;
            outcomes.Add(Gone(stored, uri));
        }

        return Report(call, outcomes);
    }

    private static async Task<bool> AllAsync(Invocation call)
    {
        if (!call.Got(await call.Api.Get<SourceList>("v1/sources"), out var sources)) return false;
        var (outcomes, well) = (new List<DriftOfDomain>(), true);
        foreach (var source in sources.Items)
        {
            var found = await call.Api.Get<DriftAnswer>($"v1/sources/{source.Name}/drift{(call.Has("bitmaps") ? "?bitmaps=true" : "")}");
            if (found.Problem is { } problem) well = call.Fail($"source {source.Name}: {problem.Detail}");
            else outcomes.AddRange(found.Value!.Domains);
        }

        return Report(call, outcomes) && well;
    }

    private static bool Report(Invocation call, IReadOnlyList<DriftOfDomain> outcomes)
    {
        if (outcomes.Any(outcome => outcome.Items.Count > 0)) call.Success = Some;
        if (call.WantsJson) call.PrintAsJson(new DriftAnswer(outcomes));
        else foreach (var outcome in outcomes) Tell(call, outcome);
        foreach (var outcome in outcomes)
            foreach (var (disk, why) in outcome.Unseen) call.Fail($"{outcome.Name}: {disk} could not be looked into: {why}");
        return outcomes.All(outcome => outcome.Unseen.Count == 0);
    }

    private static DriftOfDomain Gone(DomainSummary stored, string uri)
    {
        var gone = new DriftItem(DriftKind.MissingOnHost, null, Counted(stored.Checkpoints), null);
        return new DriftOfDomain(stored.Id, stored.Name.Value, [Named(gone, stored.Name.Value, stored.Name.Value, uri)], AllSeen);
    }

    /// <summary>Null, with the error printed, where it cannot be told.</summary>
    private static async Task<DriftOfDomain?> CompareAsync(Invocation call, string uri, HostLook look, SeenDomain domain, bool local)
    {
        if (domain.Definition is not { } definition)
        {
            call.Fail($"{domain.Name}: {domain.Problem}");
            return null;
        }

        var documents = domain.Domain.Checkpoints();
        var found = await call.Api.Get<DomainSummary>($"v1/domains/{domain.Id}");
        if (found.Problem is { } problem)
        {
            if (problem.Rule == "domain-not-found")
                return new DriftOfDomain(domain.Id, domain.Name, [Named(new DriftItem(DriftKind.UnknownToStore, null, null, Counted(documents.Count)), domain.Name, domain.Name, uri)], AllSeen);
            call.Fail(problem);
            return null;
        }

        var stored = found.Value!;
        if (await StoredCheckpoints.ReadAsync(call, stored, withoutDomain: true) is not { } known) return null;
        var seen = documents.Select(CheckpointReader.ReadRedefine).ToArray();
        if (!call.Got(await call.Api.Get<ObservationView>($"v1/domains/{domain.Id}/observation"), out var before)) return null;
        if (seen.FirstOrDefault(read => read.Refusal is not null).Refusal is { } unread)
        {
            call.Fail($"{domain.Name}: what the host has cannot be read: {unread.Message}");
            return null;
        }

        var items = new List<DriftItem>();
        if (definition.Hash is var defined && stored.Definition != defined)
            items.Add(new DriftItem(DriftKind.DefinitionDiffers, null, $"{stored.Name}, {stored.Definition.Value[..12]}", $"{domain.Name}, {defined.Value[..12]}"));
        RedefineXml[] theirs = [.. seen.Select(read => read.Value)], ours = [.. known.Select(one => CheckpointReader.ReadRedefine(one.Xml).Value)];
        items.AddRange(Drift.Of(ours, stored.Current, theirs));
        items.AddRange(Drift.OfDisks(ours, before.State(), await look.ObserveAsync(domain, [.. theirs.Select(xml => xml.Name)], before, null)));
        var unseen = AllSeen;
        if (call.Has("bitmaps"))
        {
            var inside = await DiskBitmaps.ReadAsync(domain.Domain, definition.Disks, local);
            unseen = inside.Unseen;
            items.AddRange(Drift.OfBitmaps([.. ours, .. theirs], inside.Disks, inside.Unseen.Keys.ToHashSet()));
        }

        return new DriftOfDomain(domain.Id, domain.Name, [.. items.Select(item => Named(item, stored.Name.Value, domain.Name, uri))], unseen);
    }

    private static DriftDifference Named(DriftItem item, string stored, string seen, string uri)
    {
        var mend = DriftMend.Of(item.Kind, item.Checkpoint, stored, seen, uri);
        // As people and programs read it.
        var kind = JsonNamingPolicy.KebabCaseLower.ConvertName(item.Kind.ToString());
        return new DriftDifference(kind, item.Checkpoint, item.Disk, item.Store, item.Host, mend.Learn, mend.Restore);
    }

    private static void Tell(Invocation call, DriftOfDomain outcome)
    {
        if (outcome.Items.Count == 0) call.Say($"{outcome.Name}: no difference\n");
        foreach (var item in outcome.Items)
        {
            call.Out.Write($"{outcome.Name}: {item.Kind}{(item.Checkpoint is { } name ? $" {name}" : "")}{(item.Disk is { } disk ? $" on {disk}" : "")}: store {item.Store ?? "none"}; host {item.Host ?? "none"}\n");
            if (item.Learn is not null) call.Out.Write($"  the store as the host: {item.Learn}\n");
            if (item.Restore is not null) call.Out.Write($"  the host as the store: {item.Restore}\n");
        }
    }

    private static string Counted(int checkpoints) => checkpoints == 1 ? "1 checkpoint" : $"{checkpoints} checkpoints";
}
