namespace EventCheckpoints.Host.Cli.Import;

/// <summary>A file that may hold checkpoints, in memory.</summary>
/// <param name="Path">As it is named to people: from the path that was given, on into the archive where it is in one.</param>
/// <param name="Folder">What it lies in, likewise; what lies together is judged together.</param>
/// <param name="Bytes">Null for one that holds no XML and no list of names: it is only known to be there.</param>
/// <param name="IsNamed">The path was given itself, so that it has to hold checkpoints.</param>
internal sealed record ImportFile(string Path, string Folder, byte[]? Bytes, bool IsNamed = false)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>What is wrong with a file, or left alone of it.</summary>
/// <param name="Line">In the file; null where it is about the whole.</param>
internal sealed record ImportFault(string Path, int? Line, string Says)
{
    public override string ToString() => Line is { } line ? $"{Path}:{line}: {Says}" : $"{Path}: {Says}";
}

/// <summary>What is read at most. Whoever has more gives it in parts; who has it by an archive that was made to hurt is stopped.</summary>
internal static class ImportLimits
{
    /// <summary>Of one file. A daemon reads 1 MiB of a checkpoint; a bulk document of 50,000 without their domains has about that much.</summary>
    public const int FileBytes = 64 * 1024 * 1024;

    /// <summary>Of all files that are kept in memory until all are known to be right.</summary>
    public const long Bytes = 512L * 1024 * 1024;

    /// <summary>Files and directories that are looked at.</summary>
    public const int Files = 100_000;

    /// <summary>What a compressed archive may unpack to, whatever of it is read.</summary>
    public const long UnpackedBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>What may describe an entry of an archive: names and times, a few kilobytes.</summary>
    public const long HeaderBytes = 1024 * 1024;

    /// <summary>Directories within each other.</summary>
    public const int Depth = 16;
}

/// <summary>The whole import cannot go on: the sentence is for people.</summary>
internal sealed class ImportException(string sentence) : Exception(sentence);
