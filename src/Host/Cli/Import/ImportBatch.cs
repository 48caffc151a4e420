using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Cli.Import;

/// <summary>All that an import has of one domain.</summary>
/// <param name="Key">What the server knows the domain by: what the caller said, else its UUID, else its name.</param>
internal sealed record ImportBatch(string Key, IReadOnlyList<ImportDocument> Documents)
{
    /// <summary>The file that an item is from; items are numbered through all documents, in their order.</summary>
    public ImportFile FileOf(int index)
    {
        foreach (var document in Documents)
        {
            if (index < document.List.Items.Count) return document.File;
            index -= document.List.Items.Count;
        }

        return Documents[^1].File;
    }

    /// <summary>The file that has a checkpoint.</summary>
    public ImportFile FileOf(MomentName name) => Documents.First(document => document.List.Items.Any(item => item.Name == name.Value)).File;

    /// <summary>The documents by domain, in the order they were read; what cannot be said of one is a fault.</summary>
    /// <param name="domain">Whose all of them are; null: as they say.</param>
    public static (IReadOnlyList<ImportBatch> Batches, IReadOnlyList<ImportFault> Faults) Of(IReadOnlyList<ImportDocument> documents, string? domain)
    {
        var faults = new List<ImportFault>();
        var said = documents.Select(document => (Document: document, Keys: Keys(document))).ToArray();
        // What lies in one folder is of one domain: a checkpoint that embeds none is of that of its neighbours.
        var neighbours = said.GroupBy(of => of.Document.File.Folder).ToDictionary(folder => folder.Key, folder => folder.SelectMany(of => of.Keys).Distinct().ToArray());
        var batches = new Dictionary<string, List<ImportDocument>>();
        foreach (var (document, keys) in said)
        {
            var known = keys.Length > 0 ? keys : neighbours[document.File.Folder];
            if (domain is null && known.Length != 1)
            {
                faults.Add(new ImportFault(document.File.Path, null, known.Length == 0
                    ? "nothing in it or beside it says which domain it is of: give --domain"
                    : $"it is of domain {string.Join(" or ", known)}: give --domain"));
                continue;
            }

            var key = domain ?? known[0];
            if (batches.TryGetValue(key, out var batch)) batch.Add(document);
            else batches.Add(key, [document]);
        }

        foreach (var batch in batches.Values) faults.AddRange(Twice(batch));
        return ([.. batches.Select(batch => new ImportBatch(batch.Key, batch.Value))], faults);
    }

    private static string[] Keys(ImportDocument document) =>
    [
        .. document.List.Items.Where(item => item.Read.Refusal is null).Select(item => item.Read.Value.Definition).Append(document.List.Domain).OfType<Definition>()
            .Select(definition => definition.Id?.ToString() ?? definition.Name.Value).Distinct(),
    ];

    private static IEnumerable<ImportFault> Twice(List<ImportDocument> documents)
    {
        var first = new Dictionary<string, ImportFile>();
        foreach (var document in documents)
            foreach (var name in document.List.Items.Select(item => item.Name).OfType<string>())
                if (!first.TryAdd(name, document.File)) yield return new ImportFault(document.File.Path, null, $"checkpoint '{name}' is in {first[name].Path} too");
    }
}
