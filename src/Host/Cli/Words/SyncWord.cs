using System.Globalization;
using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Libvirt;
using EventCheckpoints.Projections;

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
            new("every", Takes.Text, "again every so many seconds, until interrupted", NamedOnly: true),
            WordOption.Reason,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "A domain is known by its uuid: one that has another name on the host is renamed in the store. New and changed checkpoints are redefined, with the source 'sync'.",
            "What the host does not have any more stays in the store, and is named; 'restore' puts it back. Nothing new there is no event here.",
            "libvirt.so.0 is needed where this runs, and nowhere else. The URI is opened for writing, since libvirt shows definitions whole to nobody else.",
        ],
        Examples = ["sync qemu:///system", "sync qemu+ssh://root@kvm7/system --every 30", "sync test:///default --json"],
    };

    /// <summary>What became of a domain.</summary>
    /// <param name="Missing">What the store has and the host does not.</param>
    internal sealed record Outcome(
        DomainId Domain, string Name, IReadOnlyList<MomentName> Created, IReadOnlyList<MomentName> Redefined, int Unchanged, IReadOnlyList<MomentName> Missing, string? Problem);

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
        var outcomes = new List<Outcome>();
        try
        {
            using var host = LibvirtConnection.Open(uri);
            var reason = call.Change.Reason ?? $"seen on {host.HostName}";
            var domains = host.Domains();
            foreach (var domain in domains)
            {
                using (domain)
                {
                    if (only is null || only == domain.Name || (DomainId.TryParse(only, out var id) && id == domain.Id)) outcomes.Add(await LearnAsync(call, domain, reason));
                }
            }
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

    private static async Task<Outcome> LearnAsync(Invocation call, LibvirtDomain domain, string reason)
    {
        var change = new Change(reason, null, Source);
        Outcome Failed(string problem) => new(domain.Id, domain.Name, [], [], 0, [], problem);
        string definition;
        IReadOnlyList<string> documents;
        try
        {
            (definition, documents) = (domain.Definition(), domain.Checkpoints());
        }
        catch (LibvirtException gone)
        {
            return Failed(gone.Message);
        }

        if (await DefineAsync(call, domain, definition, change) is { } refused) return Failed(refused.Detail);
        var path = $"v1/domains/{domain.Id}";
        var applied = new ListApplied(domain.Id, null, 0, Changed: false, DryRun: false, [], [], [], null);
        if (documents.Count > 0)
        {
            using var body = new MultipartFormDataContent();
            foreach (var document in documents) body.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(document)), "file", "checkpoint.xml");
            var reply = await call.Api.Send<ListApplied>(HttpMethod.Post, $"{path}/bulk?mode=merge", change, body);
            if (reply.Problem is { } problem) return Failed(string.Join("; ", [problem.Detail, .. (problem.Items ?? []).Select(item => item.Detail)]));
            applied = reply.Value!;
        }

        var known = await call.Api.GetAll<CheckpointItem>($"{path}/checkpoints?topological=true");
        if (known.Problem is { } unknown) return Failed(unknown.Detail);
        var there = applied.Created.Concat(applied.Redefined).Concat(applied.Unchanged).ToHashSet();
        return new Outcome(
            domain.Id, domain.Name, applied.Created, applied.Redefined, applied.Unchanged.Count, [.. known.Value!.Select(item => item.Name).Where(name => !there.Contains(name))], null);
    }

    /// <summary>Registered under the host's name, with the host's definition; nothing where it is so already.</summary>
    private static async Task<Problem?> DefineAsync(Invocation call, LibvirtDomain domain, string definition, Change change)
    {
        var path = $"v1/domains/{domain.Id}";
        var found = await call.Api.Get<DomainSummary>(path);
        if (found.Problem is { Rule: not "domain-not-found" } unanswered) return unanswered;
        if (found.Value is { } known)
        {
            if (known.Name.Value != domain.Name)
            {
                using var body = JsonContent.Create(new { Name = domain.Name });
                if ((await call.Api.Send<Done>(HttpMethod.Post, $"{path}/rename", change, body)).Problem is { } taken) return taken;
            }
            else if (DefinitionReader.Read(definition) is { Refusal: null } read && read.Value.Hash == known.Definition)
            {
                return null;
            }
        }

        return (await call.Api.PostXml("v1/domains", Encoding.UTF8.GetBytes(definition), change)).Problem;
    }

    private static void Tell(Invocation call, Outcome outcome)
    {
        if (outcome.Problem is not null) return;
        call.Say($"{outcome.Name}: {outcome.Created.Count} new, {outcome.Redefined.Count} changed, {outcome.Unchanged} unchanged"
            + $"{(outcome.Missing.Count == 0 ? "" : $"; not on the host any more: {string.Join(", ", outcome.Missing)}")}\n");
    }
}
