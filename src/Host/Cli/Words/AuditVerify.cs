using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Verify;
using EventCheckpoints.Host.Http;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>audit verify: whether what is recorded is still what was recorded.</summary>
internal static class AuditVerify
{
    /// <summary>More than a person reads; the JSON has them all.</summary>
    private const int MaxPrinted = 100;

    /// <summary>The exit code where nothing is wrong but what was masked or compacted.</summary>
    private const int Erased = 2;

    public static Word Word { get; } = new(
        "audit verify",
        Group.Audit,
        "whether what is recorded is still what was recorded",
        "Makes every record's entry of the log again, the entries into their tree, and compares with what was signed. Exit code 0: all is as it was; 1: it is not; 2: but for what was masked or compacted.",
        [
            new("offline", Takes.Text, "an export (audit --export jsonl) instead of the running store; needs no server", NamedOnly: true),
            new("key", Takes.Text, "whose signature counts: NAME+KEYID+BASE64, or a file with it; online the server's own, if not given", NamedOnly: true),
            new("checkpoint", Takes.Text, "a signed checkpoint that was kept from earlier, a file: the log has to be that one gone on", NamedOnly: true),
            new("since", Takes.Nothing, "only what came after that checkpoint; what came before was verified then", NamedOnly: true),
            RecordTable.Json,
        ],
        Run)
    {
        Notes =
        [
            "Who can rewrite the whole store, log and key included, is caught by nothing but a checkpoint that others keep: give one with --checkpoint, and the key by --key.",
            "The server publishes its checkpoints with serve --log-publish DIR, and its key at /v1/log.",
            "Names, changes and incarnations in an export are made from the payloads; what is verified are the payloads and all that stands beside them.",
        ],
        Examples = ["audit verify", "audit verify --checkpoint last.note --since", "audit verify --offline audit.jsonl --key log.pub --checkpoint 00000000000000001200.note"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Text("offline", out var file) || !call.Text("key", out var given) || !call.Text("checkpoint", out var kept)) return false;
        if (file is not null && given is null) return call.Fail("command 'audit verify' requires --key <string> option with --offline: the key must not come from what is verified");
        if (await Key(call, given) is not { } key) return false;
        LogCheckpoint? earlier = null;
        if (kept is not null && !Earlier(call, kept, key, out earlier)) return false;
        if (call.Has("since") && (earlier is null || file is not null)) return call.Fail("--since goes with --checkpoint, and not with --offline");
        call.IsDocument = call.WantsJson;
        var verifier = new ExportVerifier(key, earlier);
        if (file is null)
        {
            return call.Got(await call.Api.Read(call.Has("since") ? $"v1/audit?since={earlier!.Size}" : "v1/audit", AuditJsonLines.MediaType, verifier.VerifyAsync), out var online) && Print(call, online);
        }

        try
        {
            using var lines = File.OpenText(call.Locate(file));
            return Print(call, await verifier.VerifyAsync(lines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return call.Fail($"Failed to open file '{file}': {XmlFile.Reason(e)}");
        }
    }

    private static async Task<NoteKey?> Key(Invocation call, string? given)
    {
        var text = given;
        if (given is null)
        {
            if (!call.Got(await call.Api.Get<LogView>("v1/log"), out var log)) return null;
            if (log.Key is null) call.Fail("the server's log is not signed (serve --log-key FILE), so there is nothing to verify it with");
            text = log.Key;
        }
        else if (NoteKey.Parse(given) is null && !TryRead(call, given, out text))
        {
            return null;
        }

        if (text is null) return null;
        if (NoteKey.Parse(text.Trim()) is { } key) return key;
        call.Fail($"'{given}' is no key of a log, which reads NAME+KEYID+BASE64, nor a file with one");
        return null;
    }

    private static bool Earlier(Invocation call, string file, NoteKey key, out LogCheckpoint? earlier)
    {
        earlier = null;
        if (!TryRead(call, file, out var text)) return false;
        if (SignedNote.Parse(text!) is not { } note || LogCheckpoint.Parse(note.Text) is not { } checkpoint) return call.Fail($"{file} is no signed checkpoint");
        if (checkpoint.Origin != key.Name || !Log.LogKey.Verify(key, note)) return call.Fail($"{file} does not carry the signature of {key.Name}, so it proves nothing");
        earlier = checkpoint;
        return true;
    }

    private static bool TryRead(Invocation call, string file, out string? text)
    {
        text = null;
        try
        {
            text = File.ReadAllText(call.Locate(file));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return call.Fail($"Failed to open file '{file}': {XmlFile.Reason(e)}");
        }
    }

    private static bool Print(Invocation call, Verdict verdict)
    {
        var isWell = verdict.Findings.Count == 0;
        // Somebody who may has erased something, or says so: no fault of the log, and no "all is well".
        var isErased = !isWell && verdict.Findings.All(finding => finding.Kind is "masked" or "compacted");
        if (isErased) call.Success = Erased;
        if (call.WantsJson)
        {
            call.PrintAsJson(verdict);
            return isWell || isErased;
        }

        foreach (var finding in verdict.Findings.Take(MaxPrinted))
            call.Out.Write($"{finding.Kind,-10}  {string.Join("  ", ((string?[])[finding.Sequence?.TrimStart('0'), finding.Domain, finding.Says]).OfType<string>())}\n");
        if (verdict.Findings.Count > MaxPrinted) call.Out.Write($"… and {verdict.Findings.Count - MaxPrinted} more; --json has them all\n");
        if (isErased) call.Say($"All {verdict.Records} records but those above are as they were recorded: root {verdict.RootHash} of {verdict.TreeSize} entries is signed by {verdict.SignedBy}");
        else if (!isWell) return call.Fail($"verification failed: {verdict.Findings.Count} finding{(verdict.Findings.Count == 1 ? "" : "s")} in {verdict.Records} records");
        else call.Say($"All {verdict.Records} records are as they were recorded: root {verdict.RootHash} of {verdict.TreeSize} entries is signed by {verdict.SignedBy}"
            + (verdict.EarlierSize is { } size ? $", and goes on from the checkpoint of {size} entries that was kept" : ""));
        return true;
    }
}
