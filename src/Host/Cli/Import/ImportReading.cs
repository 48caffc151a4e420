using System.Text;
using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Host.Cli.Import;

/// <summary>What the files of a folder are.</summary>
internal enum ImportKind
{
    /// <summary>A daemon's own store: each file begins with its warning, and is named like its checkpoint.</summary>
    LibvirtStore,

    /// <summary>The directory checkpoints of a backup by virtnbdbackup, beside a list of their names.</summary>
    Virtnbdbackup,

    /// <summary>What somebody saved: a document each, or many checkpoints in one.</summary>
    Saved,
}

/// <summary>A document that is to be imported.</summary>
internal sealed record ImportDocument(ImportFile File, ListDocument List);

/// <summary>Tells the files of each folder apart, and reads them. What a daemon or a tool would pass over in silence is a fault.</summary>
internal sealed class ImportReading
{
    /// <summary>How virtnbdbackup's list of names ends (NAME.cpt).</summary>
    public const string ListOfNames = ".cpt";

    private const string Suffix = ".xml";

    /// <summary>The beginning of every file that a daemon writes (virXMLSaveFile).</summary>
    private static readonly byte[] Warning = Encoding.ASCII.GetBytes("<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.");

    private readonly List<ImportDocument> _documents = [];
    private readonly List<ImportFault> _faults = [];
    private readonly List<ImportFault> _leftAlone = [];

    private ImportReading()
    {
    }

    public IReadOnlyList<ImportDocument> Documents => _documents;

    public IReadOnlyList<ImportFault> Faults => _faults;

    /// <summary>What lies beside saved documents and is none.</summary>
    public IReadOnlyList<ImportFault> LeftAlone => _leftAlone;

    /// <summary>Each folder that holds checkpoints, and what it was taken for.</summary>
    public Dictionary<string, ImportKind> Folders { get; } = [];

    public static ImportReading Of(IReadOnlyList<ImportFile> files)
    {
        var reading = new ImportReading();
        var lists = files.Where(file => file.Name.EndsWith(ListOfNames, StringComparison.Ordinal)).ToLookup(file => $"{file.Folder}/checkpoints");
        var backups = lists.SelectMany(list => list).Select(list => list.Folder).ToHashSet();
        // Beside a list of names lies the backup itself, which is nobody's business here.
        foreach (var folder in files.Where(file => !backups.Contains(file.Folder) || file.IsNamed).GroupBy(file => file.Folder)) reading.Folder(folder.Key, [.. folder], [.. lists[folder.Key]]);
        foreach (var list in lists.Where(list => !reading.Folders.ContainsKey(list.Key)).SelectMany(list => list))
            reading._faults.Add(new ImportFault(list.Path, null, "it lists checkpoints, and there is no directory checkpoints with them beside it"));
        return reading;
    }

    private void Folder(string folder, ImportFile[] files, ImportFile[] lists)
    {
        var kind = lists.Length > 0 ? ImportKind.Virtnbdbackup : files.Any(file => file.Bytes.AsSpan().StartsWith(Warning)) ? ImportKind.LibvirtStore : ImportKind.Saved;
        var before = _documents.Count;
        var others = _leftAlone.Count;
        foreach (var file in files) Read(file, kind);
        if (lists.Length > 0 || _documents.Count > before) Folders[folder] = kind;
        // Where no checkpoint lies nobody looks for one.
        else _leftAlone.RemoveRange(others, _leftAlone.Count - others);
        if (lists.Length > 0) Compare(lists, _documents[before..]);
    }

    private void Read(ImportFile file, ImportKind kind)
    {
        var isStrict = kind != ImportKind.Saved || file.IsNamed;
        if (file.Bytes is null)
        {
            Other(file, isStrict, "it is no XML");
            return;
        }

        var read = XmlText.Decode(file.Bytes).Then(text =>
        {
            using var reader = new StringReader(text);
            return ListReader.Read(reader);
        });
        if (read.Refusal is { } refusal)
        {
            var isOther = refusal.Rule is Rule.XmlUnexpectedRoot or Rule.ListWithoutCheckpoints;
            Other(file, isStrict || !isOther, FirstLine(refusal), refusal.At?.Line);
            return;
        }

        var document = new ImportDocument(file, read.Value);
        foreach (var item in read.Value.Items.Where(item => item.Read.Refusal is not null))
            _faults.Add(new ImportFault(file.Path, item.Read.Refusal!.At?.Line, $"{(item.Name is null ? "" : $"checkpoint '{item.Name}': ")}{FirstLine(item.Read.Refusal)}"));
        // Deleting a checkpoint takes away the file of its name, and leaves one of another name behind, which comes back with the next start of the daemon.
        if (kind != ImportKind.Saved && (read.Value.IsList || (read.Value.Items[0].Name is { } name && file.Name != name + Suffix)))
            _faults.Add(new ImportFault(file.Path, null, $"it holds checkpoint '{read.Value.Items[0].Name}', and would have to be called so: it is a copy, or was left behind"));
        else _documents.Add(document);
    }

    private void Other(ImportFile file, bool isFault, string says, int? line = null) => (isFault ? _faults : _leftAlone).Add(new ImportFault(file.Path, line, says));

    /// <summary>The list and the files have to name the same checkpoints.</summary>
    private void Compare(ImportFile[] lists, List<ImportDocument> documents)
    {
        var present = documents.SelectMany(document => document.List.Items).Select(item => item.Name).ToHashSet();
        var listed = new HashSet<string>();
        foreach (var list in lists)
        {
            try
            {
                var names = JsonSerializer.Deserialize<string[]>(list.Bytes) ?? throw new JsonException("null", null, 0, 0);
                listed.UnionWith(names);
                foreach (var name in names.Where(name => !present.Contains(name)))
                    _faults.Add(new ImportFault(list.Path, null, $"it lists checkpoint '{name}', and no file has that"));
            }
            catch (JsonException e)
            {
                _faults.Add(new ImportFault(list.Path, (int?)e.LineNumber + 1, "it is no JSON array of names"));
                return;
            }
        }

        foreach (var document in documents)
            foreach (var item in document.List.Items.Where(item => item.Name is not null && !listed.Contains(item.Name)))
                _faults.Add(new ImportFault(document.File.Path, null, $"checkpoint '{item.Name}' is not listed in {lists[0].Path}"));
    }

    private static string FirstLine(Refusal refusal) => refusal.Message.Split('\n')[0];
}
