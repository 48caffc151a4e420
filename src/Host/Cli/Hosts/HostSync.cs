using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Libvirt;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Hosts;

/// <summary>One look at a libvirt host: what it has is read, and what the store does not know of it yet is told to the store. docs/decisions/0017-sync.md says what is compared.</summary>
/// <param name="change">What goes with every command.</param>
/// <param name="take">Whether domains count, too, that are shut off here and were last seen on another host.</param>
/// <param name="whole">Whether the <c>&lt;domain&gt;</c> inside of each checkpoint is compared, too.</param>
/// <param name="bitmaps">Whether the disks are looked into.</param>
internal sealed class HostSync(Api api, LibvirtConnection host, Change change, bool take, bool whole, bool bitmaps)
{
    private static readonly Reply<IReadOnlyList<RedefineXml>> Nothing = Array.Empty<RedefineXml>();

    /// <param name="only">A domain's name or uuid; null for all.</param>
    /// <returns>One outcome for each domain that was looked at, or the problem where the server cannot be asked which ones it has of this host.</returns>
    /// <exception cref="LibvirtException">The host cannot be asked.</exception>
    public async Task<Reply<IReadOnlyList<SyncOutcome>>> LookAsync(string? only)
    {
        using var look = new HostLook(host);
        var outcomes = new List<SyncOutcome>();
        foreach (var domain in look.Of(only)) outcomes.Add(await LearnAsync(look, domain));
        if (only is not null) return outcomes;
        var known = await api.GetAll<DomainSummary>($"v1/domains?host={Uri.EscapeDataString(look.Name.Value)}");
        if (known.Problem is { } problem) return problem;
        var here = look.Domains.Select(domain => domain.Id).ToHashSet();
        foreach (var gone in known.Value!.Where(domain => !here.Contains(domain.Id))) outcomes.Add(await LoseAsync(look, gone));
        return outcomes;
    }

    private async Task<SyncOutcome> LearnAsync(HostLook look, SeenDomain seen)
    {
        var outcome = new SyncOutcome(seen.Id, seen.Name);
        if (seen.Problem is { } unread) return outcome with { Problem = unread };
        var found = await api.Get<DomainSummary>($"v1/domains/{seen.Id}");
        if (found.Problem is { Rule: not "domain-not-found" } unanswered) return outcome with { Problem = unanswered.Detail };
        try
        {
            if (!take && found.Value?.Host is { } other && other != look.Name && !seen.Domain.IsActive)
                return outcome with { Skipped = $"left alone: it was last seen on {other}, and is shut off here" };
            if (await DefineAsync(seen, found.Value) is { } refused) return outcome with { Problem = refused.Detail };
            var before = await api.Get<ObservationView>($"v1/domains/{seen.Id}/observation");
            if (before.Problem is { } unknown) return outcome with { Problem = unknown.Detail };
            using var listed = seen.Domain.List();
            var stored = found.Value is null or { Checkpoints: 0 } ? Nothing : await StoredAsync(seen.Id);
            if (stored.Problem is { } unlisted) return outcome with { Problem = unlisted.Detail };
            var reads = listed.All.Select(checkpoint => CheckpointReader.ReadRedefine(checkpoint.XmlWithoutDomain())).ToArray();
            if (reads.FirstOrDefault(read => read.Refusal is not null).Refusal is { } unreadable) return outcome with { Problem = $"a checkpoint on the host cannot be read: {unreadable.Message}" };
            RedefineXml[] there = [.. reads.Select(read => read.Value)];
            // Before anything new is learned: what is new is made of the disks as they are.
            outcome = await ObserveAsync(outcome, look, seen, there, before.Value!, stored.Value!);
            if (outcome.Problem is not null) return outcome;
            var plan = RestorePlan.Of([.. stored.Value!], there);
            var changed = whole ? there.Select(xml => xml.Name).ToHashSet() : plan.Unknown.Concat(plan.Differing).ToHashSet();
            return await RedefineAsync(
                outcome with { Missing = plan.Missing, Unchanged = there.Length - changed.Count },
                [.. listed.All.Zip(there).Where(one => changed.Contains(one.Second.Name)).Select(one => one.First.Xml())]);
        }
        catch (LibvirtException gone)
        {
            return outcome with { Problem = gone.Message };
        }
    }

    /// <summary>Registered under the host's name, with the host's definition; nothing where it is so already.</summary>
    private async Task<Problem?> DefineAsync(SeenDomain seen, DomainSummary? known)
    {
        var path = $"v1/domains/{seen.Id}";
        if (known is not null && known.Name.Value != seen.Name)
        {
            using var body = JsonContent.Create(new { seen.Name });
            if ((await api.Send<Done>(HttpMethod.Post, $"{path}/rename", change, body)).Problem is { } taken) return taken;
        }
        else if (known?.Definition == seen.Definition!.Hash)
        {
            return null;
        }

        return (await api.PostXml("v1/domains", Encoding.UTF8.GetBytes(seen.Domain.Definition()), change)).Problem;
    }

    /// <summary>The store's checkpoints without the <c>&lt;domain&gt;</c> inside, parents first.</summary>
    private async Task<Reply<IReadOnlyList<RedefineXml>>> StoredAsync(DomainId domain)
    {
        var xml = await api.GetXml($"v1/domains/{domain}/bulk?no-domain=true");
        if (xml.Problem is { } problem) return problem;
        var read = ListReader.Read(new StringReader(xml.Value!));
        return read.Refusal is { } refusal
            ? refusal.Rule == Rule.ListWithoutCheckpoints ? Nothing : new Problem($"what the store has cannot be read: {refusal.Message}")
            : read.Value.Items.Select(item => item.Read.Value).ToArray();
    }

    private async Task<SyncOutcome> ObserveAsync(SyncOutcome outcome, HostLook look, SeenDomain seen, RedefineXml[] there, ObservationView before, IReadOnlyList<RedefineXml> stored)
    {
        var inside = bitmaps ? await DiskBitmaps.ReadAsync(seen.Domain, seen.Definition!.Disks, host.IsLocal) : null;
        outcome = outcome with { Unseen = inside?.Unseen ?? outcome.Unseen };
        var observed = await look.ObserveAsync(seen, [.. there.Select(xml => xml.Name)], before, inside);
        var (listed, lost) = (observed.Checkpoints.ToHashSet(), before.Checkpoints.Where(checkpoint => checkpoint.Lost is not null).Select(checkpoint => checkpoint.Name).ToHashSet());
        // The common case costs the store nothing: all is as it was.
        if (inside is null && observed.Elsewhere.Count == 0 && before.Host == look.Name && before.Disks.SequenceEqual(observed.Disks.Select(one => one.Disk))
            && before.Checkpoints.All(checkpoint => checkpoint.Faults.Count == 0) && stored.All(xml => listed.Contains(xml.Name) != lost.Contains(xml.Name))) return outcome;
        using var body = JsonContent.Create(
            new
            {
                observed.Host,
                observed.Checkpoints,
                Disks = observed.Disks.Select(one => new { one.Disk.Target, one.Disk.Source, one.Disk.Serial, one.Disk.Capacity, one.Backing, one.Bitmaps }),
                observed.Elsewhere,
            },
            options: Wire.Options);
        var path = $"v1/domains/{seen.Id}/observation";
        var done = await api.Send<Applied>(HttpMethod.Put, path, change, body);
        if (done.Problem is { } problem) return outcome with { Problem = problem.Detail };
        if (!done.Value!.Changed) return outcome;
        var after = await api.Get<ObservationView>(path);
        if (after.Problem is { } unanswered) return outcome with { Problem = unanswered.Detail };
        return outcome with
        {
            Lost = Named(done.Value, "checkpoint_lost"),
            Found = Named(done.Value, "checkpoint_found"),
            Invalidated = [.. Faults(after.Value!).Except(Faults(before))],
            Validated = [.. Faults(before).Except(Faults(after.Value!))],
        };
    }

    private static MomentName[] Named(Applied done, string type) => [.. done.Events.Where(e => e.Type == type).Select(e => e.Checkpoint!.Value)];

    private static IEnumerable<string> Faults(ObservationView view) =>
        view.Checkpoints.SelectMany(checkpoint => checkpoint.Faults, (checkpoint, fault) => $"{checkpoint.Name} ({fault.Disk} {DiskFaults.Text(fault.Fault)})");

    private async Task<SyncOutcome> RedefineAsync(SyncOutcome outcome, IReadOnlyList<string> documents)
    {
        if (documents.Count == 0) return outcome;
        using var body = new MultipartFormDataContent();
        foreach (var document in documents) body.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(document)), "file", "checkpoint.xml");
        var reply = await api.Send<ListApplied>(HttpMethod.Post, $"v1/domains/{outcome.Domain}/bulk?mode=merge", change, body);
        if (reply.Problem is { } problem) return outcome with { Problem = string.Join("; ", [problem.Detail, .. (problem.Items ?? []).Select(item => item.Detail)]) };
        var applied = reply.Value!;
        return outcome with { Created = applied.Created, Redefined = applied.Redefined, Unchanged = outcome.Unchanged + applied.Unchanged.Count };
    }

    /// <summary>A domain that was last seen here, and is here no more.</summary>
    private async Task<SyncOutcome> LoseAsync(HostLook look, DomainSummary gone)
    {
        var outcome = new SyncOutcome(gone.Id, gone.Name.Value);
        var done = await api.Send<Applied>(HttpMethod.Delete, $"v1/domains/{gone.Id}/observation?host={Uri.EscapeDataString(look.Name.Value)}", change);
        if (done.Problem is { } refused) return outcome with { Problem = refused.Detail };
        var missing = await api.GetAll<CheckpointItem>($"v1/domains/{gone.Id}/checkpoints?lost=true");
        return missing.Problem is { } unanswered
            ? outcome with { Problem = unanswered.Detail }
            : outcome with { Lost = Named(done.Value!, "checkpoint_lost"), Missing = [.. missing.Value!.Select(item => item.Name)] };
    }
}
