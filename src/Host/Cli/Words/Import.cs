using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Import;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Http;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>import: the checkpoints of hosts and backups that are known by their files alone.</summary>
internal static class Import
{
    /// <summary>How an event says that it came by an import.</summary>
    private const string Source = "import";

    /// <summary>Files that were left alone: more than a person reads.</summary>
    private const int MaxPrinted = 20;

    public static Word Word { get; } = new(
        "import",
        Group.Checkpoints,
        "import checkpoints from files, of many domains at once, without a daemon",
        "Reads what libvirt or a backup tool left on a disk, tells what it is, and puts it into the store: all of a domain or nothing, and nothing at all where anything is wrong.",
        [
            new("dry-run", Takes.Nothing, "tell what would happen, and change nothing"),
            new("merge", Takes.Nothing, "also put what the files say in place of what the store says of the same checkpoint"),
            new("domain", Takes.Text, "which domain they are of; needed where no <domain> in the files says it", Names.Domain, NamedOnly: true),
            new("owner", Takes.Text, "the tool or person that answers for what is new; a backup of virtnbdbackup is virtnbdbackup's", NamedOnly: true),
            WordOption.Reason,
            WordOption.Json,
            new("path", Takes.RequiredRest, "a file, a directory or a tar archive (also .tar.gz)", Names.File),
        ],
        Run)
    {
        Notes =
        [
            "What is taken: libvirt's store (/var/lib/libvirt/qemu/checkpoint, or one domain's directory in it), a backup directory of virtnbdbackup, files of",
            "checkpoint-dumpxml or dumpxml --checkpoints, and archives of any of these, in any order and under any names of files.",
            "What libvirt passes over in silence is named and stops the import: broken files, copies, files that are not called like their checkpoint, two of one checkpoint.",
            "The same files again change nothing. A domain that is not registered is registered from the <domain> in its newest checkpoint.",
        ],
        Examples = ["import /var/lib/libvirt/qemu/checkpoint --dry-run", "import /backup/vm1", "import kvm7.tar.gz --reason 'kvm7 is gone'", "import cp1.xml cp2.xml --domain vm1"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Text("owner", out _)) return false;
        if (!call.Text("domain", out var domain) || (domain is not null && !call.Domain(out _))) return false;
        if (call.Rest("path").Contains("")) return call.Fail("Failed to get option 'path': Option argument is empty");
        var intake = new ImportIntake();
        try
        {
            foreach (var path in call.Rest("path")) await ImportPath.ReadAsync(intake, path, call.Locate(path), CancellationToken.None);
        }
        catch (ImportException tooMuch)
        {
            return call.Fail(tooMuch.Message);
        }

        var reading = ImportReading.Of(intake.Files);
        var (batches, unassigned) = ImportBatch.Of(reading.Documents, domain);
        // A folder is of one tool or of none.
        string? Owner(ImportBatch batch) => call.Given("owner") ?? (batch.Documents.All(document => reading.Folders.TryGetValue(document.File.Folder, out var kind) && kind == ImportKind.Virtnbdbackup) ? "virtnbdbackup" : null);
        if (!call.WantsJson) Tell(call, reading);
        ImportFault[] faults = [.. intake.Faults, .. reading.Faults, .. unassigned];
        if (faults.Length > 0) return Refuse(call, faults);
        if (batches.Count == 0) return call.Fail("there are no checkpoints in what was given");

        var planned = new List<ListApplied>();
        var refused = false;
        foreach (var batch in batches)
        {
            var reply = await SendAsync(call, batch, Owner(batch), null);
            if (reply.Problem is { } problem) refused = !Refuse(call, batch, problem);
            else if (!call.Has("merge") && reply.Value!.Redefined.Count > 0) refused = !Refuse(call, [.. reply.Value.Redefined.Select(name => Differs(batch, name))]);
            else planned.Add(reply.Value!);
        }

        if (refused) return batches.Count == 1 ? false : call.Fail("nothing was imported, of any domain");
        return call.Has("dry-run") ? Report(call, planned) : await ApplyAsync(call, [.. batches.Select(batch => (batch, Owner(batch)))], planned);
    }

    /// <summary>Each domain on the version that was looked at, so that nothing else is done than what was found to be right.</summary>
    private static async Task<bool> ApplyAsync(Invocation call, IReadOnlyList<(ImportBatch Batch, string? Owner)> batches, List<ListApplied> planned)
    {
        var done = new List<ListApplied>();
        foreach (var ((batch, owner), plan) in batches.Zip(planned))
        {
            var reply = await SendAsync(call, batch, owner, plan);
            if (reply.Problem is { } problem)
            {
                Report(call, done);
                Refuse(call, batch, problem);
                return call.Fail($"{done.Count} of {batches.Count} domains were imported; the same import again goes on with the others");
            }

            done.Add(reply.Value!);
        }

        return Report(call, done);
    }

    /// <param name="planned">What the domain was found to become; null to find out.</param>
    private static async Task<Reply<ListApplied>> SendAsync(Invocation call, ImportBatch batch, string? owner, ListApplied? planned)
    {
        using var body = new MultipartFormDataContent();
        // Names of files go in no header: they may be anything.
        foreach (var document in batch.Documents) body.Add(new ByteArrayContent(document.File.Bytes!), "file");
        var change = call.Change with { IfVersion = planned is null ? null : FormattableString.Invariant($"{planned.Version}"), Source = Source };
        return await call.Api.Send<ListApplied>(
            HttpMethod.Post, $"v1/domains/{Uri.EscapeDataString(batch.Key)}/bulk?mode=merge&register=true{(planned is null ? "&dry-run=true" : "")}{(owner is null ? "" : $"&owner={Uri.EscapeDataString(owner)}")}", change, body);
    }

    private static void Tell(Invocation call, ImportReading reading)
    {
        foreach (var (folder, kind) in reading.Folders)
        {
            var count = reading.Documents.Where(document => document.File.Folder == folder).Sum(document => document.List.Items.Count);
            var what = kind switch
            {
                ImportKind.LibvirtStore => "libvirt's store",
                ImportKind.Virtnbdbackup => "a backup by virtnbdbackup",
                ImportKind.Saved => "saved XML",
                _ => throw new InvalidOperationException($"kind {kind} has no words"),
            };
            call.Say($"{(folder.Length == 0 ? "." : folder)}: {what}, {count} checkpoint{(count == 1 ? "" : "s")}\n");
        }

        foreach (var other in reading.LeftAlone.Take(MaxPrinted)) call.Say($"{other}; left alone\n");
        if (reading.LeftAlone.Count > MaxPrinted) call.Say($"… and {reading.LeftAlone.Count - MaxPrinted} more files were left alone\n");
    }

    private static ImportFault Differs(ImportBatch batch, MomentName name) =>
        new(batch.FileOf(name).Path, null, $"checkpoint '{name}' of domain {batch.Key} is there already, and is another; --merge puts this one in its place");

    private static bool Refuse(Invocation call, ImportFault[] faults)
    {
        foreach (var fault in faults) call.Fail(fault.ToString());
        return call.Fail($"nothing was imported: {faults.Length} fault{(faults.Length == 1 ? "" : "s")}");
    }

    private static bool Refuse(Invocation call, ImportBatch batch, Problem problem)
    {
        foreach (var item in problem.Items ?? []) call.Fail(new ImportFault(batch.FileOf(item.Index).Path, item.Line, item.Detail).ToString());
        return call.Fail($"domain {batch.Key}: {problem.Detail}");
    }

    private static bool Report(Invocation call, IReadOnlyList<ListApplied> domains)
    {
        if (call.WantsJson) return call.PrintAsJson(new { domains });
        foreach (var of in domains)
        {
            var would = of.DryRun ? "would be " : "";
            call.Say($"{of.DomainName?.Value ?? of.Domain.ToString()}: {of.Created.Count} {would}created, {of.Redefined.Count} {would}redefined, {of.Unchanged.Count} unchanged; current: {of.Current?.Value ?? "-"}\n");
        }

        return true;
    }
}
