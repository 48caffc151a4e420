namespace EventCheckpoints.Host.Cli.Import;

/// <summary>Collects the files of an import within <see cref="ImportLimits"/>.</summary>
internal sealed class ImportIntake
{
    private readonly List<ImportFile> _files = [];
    private readonly List<ImportFault> _faults = [];
    private long _bytes;
    private int _seen;

    public IReadOnlyList<ImportFile> Files => _files;

    public IReadOnlyList<ImportFault> Faults => _faults;

    public void Fault(string path, string says) => _faults.Add(new ImportFault(path, null, says));

    /// <summary>Something was come upon, of whatever kind.</summary>
    /// <returns>Its path as it can be shown: a name may hold anything, such as what moves a terminal's cursor.</returns>
    public string See(string path)
    {
        var shown = string.Concat(path.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        if (++_seen > ImportLimits.Files) throw new ImportException($"{shown}: there are more than {ImportLimits.Files} files; give the directories that hold the checkpoints");
        return shown;
    }

    /// <summary>Keeps a file if it can hold checkpoints: by its name, or since it begins like XML. Of any other only its beginning is read.</summary>
    public void Take(string path, string folder, Stream content, bool isNamed = false)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[81920];
        var isWanted = isNamed || path.EndsWith(".xml", StringComparison.Ordinal) || path.EndsWith(ImportReading.ListOfNames, StringComparison.Ordinal);
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (!isWanted && !(isWanted = BeginsLikeXml(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))) break;
            if (bytes.Length > ImportLimits.FileBytes)
            {
                Fault(path, $"it has more than {ImportLimits.FileBytes} bytes, the most that is taken; redefine-list takes larger lists");
                return;
            }
        }

        if (!isWanted)
        {
            _files.Add(new ImportFile(path, folder, null));
            return;
        }

        _bytes += bytes.Length;
        if (_bytes > ImportLimits.Bytes) throw new ImportException($"{path}: there are more than {ImportLimits.Bytes} bytes of XML; import them in parts");
        _files.Add(new ImportFile(path, folder, bytes.ToArray(), isNamed));
    }

    private static bool BeginsLikeXml(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        return bytes.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }
}
