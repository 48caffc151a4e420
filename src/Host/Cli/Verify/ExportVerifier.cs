using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Verify;

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">edited, masked, reordered, added, missing, compacted, rewritten, signature, incomplete.</param>
/// <param name="Sequence">Of the event, where it is about one.</param>
/// <param name="Version">Of an event that is missing: its version in its stream.</param>
internal sealed record Finding(string Kind, string? Sequence, string? Domain, string Says, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Version = null);

/// <summary>What a verification came to.</summary>
/// <param name="Findings">In the order they were come upon; empty where all is well.</param>
internal sealed record Verdict(long Records, long TreeSize, string? RootHash, string? SignedBy, long? SignedSize, long? EarlierSize, IReadOnlyList<Finding> Findings);

/// <summary>
/// Checks an export (JSON Lines) against itself, its signed checkpoint, and one that was kept from earlier, line by line, with no server and no database. Every
/// record is made into its log entry again, the entries into the tree, the tree's root has to be the one that was signed.
/// </summary>
/// <param name="key">Whose signature counts.</param>
/// <param name="earlier">What the log said of itself once; null: nothing was kept.</param>
internal sealed class ExportVerifier(NoteKey key, LogCheckpoint? earlier)
{
    /// <summary>Of what stands twice in a line, other readers take the other.</summary>
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    /// <summary>What nothing here knows, nothing here vouches for.</summary>
    private static readonly JsonSerializerOptions Exactly = new(Wire.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private readonly List<Finding> _findings = [];
    private readonly Dictionary<long, MissingEvent> _missing = [];
    private readonly RecordComparison _comparison = new();
    private GrowingTree _tree = new();
    private long _records;
    private TreeHash? _rootThen;
    private (string? First, string? Last) _span;
    private Completeness? _claim;
    private LogCheckpoint? _signed;
    private string? _gap;

    /// <summary>The sequence of the last record whose entry is in the tree, or was to be.</summary>
    private string? _last;

    /// <summary>Lines after a gap that nothing explains cannot be put into the tree.</summary>
    private bool _broken;

    public async Task<Verdict> VerifyAsync(TextReader lines)
    {
        SeeRoot();
        for (var number = 1; await lines.ReadLineAsync() is { } line; number++)
        {
            if (_claim is not null) Find("incomplete", null, null, $"line {number} stands behind the end of the export");
            else if (!Line(line)) Find("edited", null, null, $"line {number} is no record of an export");
        }

        End();
        return new Verdict(
            _records, _tree.Size, _broken ? null : _tree.Root.ToString(), _signed is null ? null : key.Name, _signed?.Size, earlier?.Size,
            _comparison.Explained(_findings));
    }

    private bool Line(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line, Once);
            var isAlone = json.RootElement.EnumerateObject().Take(2).Count() == 1;
            if (isAlone && json.RootElement.TryGetProperty("begins", out var begins)) return Begin(begins.Deserialize<Beginning>(Exactly)!);
            if (isAlone && json.RootElement.TryGetProperty("missing", out var missing)) return Missing(missing.Deserialize<MissingEvent>(Exactly)!);
            if (isAlone && json.RootElement.TryGetProperty("complete", out var complete)) _claim = complete.Deserialize<Completeness>(Exactly);
            else Record(json.RootElement.Deserialize<HistoryRecord>(Exactly)!);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    /// <summary>An export that goes on is only worth what it goes on from: the checkpoint that was kept.</summary>
    private bool Begin(Beginning begins)
    {
        if (_tree.Size > 0 || _records > 0) return false;
        var subtrees = begins.Subtrees.Select(text => TreeHash.TryParse(text, out var hash) ? hash : default).ToArray();
        if (subtrees.Contains(default) || begins.Size < 1 || long.PopCount(begins.Size) != subtrees.Length) return false;
        _tree = new GrowingTree(begins.Size, subtrees);
        if (earlier is null || earlier.Size != begins.Size) Find("incomplete", null, null, $"the export goes on from {begins.Size} entries, and no checkpoint of that size was given");
        SeeRoot();
        return true;
    }

    private bool Missing(MissingEvent missing) => _missing.TryAdd(missing.Index, missing);

    private void Record(HistoryRecord record)
    {
        _records++;
        _span = (_span.First ?? record.Sequence, record.Sequence);
        if (record.Evidence is not { } evidence)
        {
            Find("incomplete", record, "its evidence is missing: this is a page of records, or an export of another kind");
            return;
        }

        if (evidence is not { Entry: { } text, Hash: { } base64 } || record.LogIndex is not { } index)
        {
            Find("added", record, "the log has no entry of it, though it has later ones");
            return;
        }

        if (evidence.Archived) Find("edited", record, "it was marked as archived, which hides it from who reads its stream");

        Enter(index, text, base64, record);
        _findings.AddRange(_comparison.Of(record, evidence, text));
        _last = record.Sequence;
    }

    /// <summary>Puts an entry into the tree, at its place.</summary>
    private void Enter(long index, string text, string base64, HistoryRecord? record)
    {
        if (!TreeHash.TryParse(base64, out var hash)) Find("rewritten", record, "the hash of its entry is no hash");
        else if (TreeHash.OfLeaf(Encoding.UTF8.GetBytes(text)) != hash) Find("rewritten", record, "its entry in the log is not the one that was hashed into the tree");
        if (_broken) return;
        while (_tree.Size < index && _missing.Remove(_tree.Size, out var gone)) Gone(gone);
        if (_tree.Size == index && hash != default)
        {
            _tree.Add(hash);
            SeeRoot();
            return;
        }

        _broken = true;
        _gap = $"; it was between sequence {_last?.TrimStart('0') ?? "0"} and {record?.Sequence.TrimStart('0')}";
    }

    private void Gone(MissingEvent gone)
    {
        if (LogEntry.TryParse(gone.Entry, out var entry))
            _findings.Add(new Finding("missing", Sequence.Text(entry.Sequence), entry.Stream.ToString(), $"event {entry.Id} ({entry.Type}, version {entry.Version}) is in the log, and no longer in the store", entry.Version));
        else Find("rewritten", null, null, $"entry {gone.Index} of the log is no entry");
        if (!TreeHash.TryParse(gone.Hash, out var hash) || TreeHash.OfLeaf(Encoding.UTF8.GetBytes(gone.Entry)) != hash)
            Find("rewritten", null, null, $"entry {gone.Index} of the log is not the one that was hashed into the tree");
        _tree.Add(hash == default ? TreeHash.Empty : hash);
        SeeRoot();
    }

    private void SeeRoot()
    {
        if (earlier is not null && _tree.Size == earlier.Size) _rootThen = _tree.Root;
    }

    private void End()
    {
        if (_claim is not { } claim)
        {
            Find("incomplete", null, null, "the export breaks off: its last line, which says what belongs to it, is missing");
            return;
        }

        if (claim.Count != _records || claim.First != _span.First || claim.Last != _span.Last)
            Find("incomplete", null, null, $"the export says that it has {claim.Count} records from {claim.First} to {claim.Last}, and has {_records} from {_span.First} to {_span.Last}");
        if (claim.Fault is { } fault) Find("rewritten", null, null, fault);
        if (claim.Filtered)
        {
            Find("incomplete", null, null, "a filter left records out, so that the tree cannot be made again; only the records that are here were compared with their entries");
            return;
        }

        while (!_broken && _missing.Remove(_tree.Size, out var gone)) Gone(gone);
        if (_broken || _tree.Size != claim.TreeSize)
        {
            Find("missing", null, null, $"entry {_tree.Size} of the log is not in the export{_gap}");
            return;
        }

        Signature(claim);
        if (earlier is null) return;
        if (_rootThen is null) Find("rewritten", null, null, $"the checkpoint that was kept is of {earlier.Size} entries, and the log has {_tree.Size}: entries are gone");
        else if (_rootThen != earlier.Root) Find("rewritten", null, null, $"the first {earlier.Size} entries are not those of the checkpoint that was kept: the log was rewritten");
    }

    private void Signature(Completeness claim)
    {
        if (claim.RootHash is { } root && root != _tree.Root.ToString()) Find("rewritten", null, null, $"the entries have the root {_tree.Root}, and the log says {root}");
        if (claim.Checkpoint is not { } text)
        {
            Find("signature", null, null, "nothing is signed");
            return;
        }

        if (SignedNote.Parse(text) is not { } note || LogCheckpoint.Parse(note.Text) is not { } checkpoint || checkpoint.Origin != key.Name || !LogKey.Verify(key, note))
        {
            Find("signature", null, null, $"the checkpoint of the export does not carry the signature of {key.Name}");
            return;
        }

        _signed = checkpoint;
        if (checkpoint.Size != _tree.Size || checkpoint.Root != _tree.Root)
            Find("rewritten", null, null, $"{checkpoint.Size} entries with the root {checkpoint.Root} are signed, and the entries here are {_tree.Size} with the root {_tree.Root}");
    }

    private void Find(string kind, HistoryRecord? record, string says) => Find(kind, record?.Sequence, record?.Domain?.ToString(), says);

    private void Find(string kind, string? sequence, string? domain, string says) => _findings.Add(new Finding(kind, sequence, domain, says));
}
