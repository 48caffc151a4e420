using EventCheckpoints.Host.Cli.Words;

namespace EventCheckpoints.Host.Cli.Import;

/// <summary>Reads what a path leads to: a file, a directory with all below it, or a tar archive, packed or not.</summary>
internal static class ImportPath
{
    private const int TarBlock = 512;

    /// <param name="given">As the command names it.</param>
    /// <param name="place">Where that is.</param>
    public static async Task ReadAsync(ImportIntake intake, string given, string place, CancellationToken cancellation)
    {
        try
        {
            if (Directory.Exists(place)) ReadDirectory(intake, given.TrimEnd('/'), place, 0);
            else await ReadFileAsync(intake, given, place, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            intake.Fault(given, XmlFile.Reason(e));
        }
    }

    private static void ReadDirectory(ImportIntake intake, string given, string place, int depth)
    {
        if (depth > ImportLimits.Depth) throw new ImportException($"{given}: directories lie more than {ImportLimits.Depth} deep; give those that hold the checkpoints");
        foreach (var entry in new DirectoryInfo(place).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var path = intake.See($"{given}/{entry.Name}");
            try
            {
                // A link to a directory may lead in a circle, or anywhere.
                if (entry is DirectoryInfo && entry.LinkTarget is not null) intake.Fault(path, "it is a symbolic link to a directory, which is not followed");
                else if (entry is DirectoryInfo) ReadDirectory(intake, path, entry.FullName, depth + 1);
                else using (var content = Open(entry.FullName)) intake.Take(path, given, content);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                intake.Fault(path, XmlFile.Reason(e));
            }
        }
    }

    private static async Task ReadFileAsync(ImportIntake intake, string given, string place, CancellationToken cancellation)
    {
        await using var content = Open(place);
        var beginning = new byte[TarBlock];
        var length = await content.ReadAtLeastAsync(beginning, TarBlock, throwOnEndOfStream: false, cancellation);
        content.Position = 0;
        if (beginning.AsSpan().StartsWith((byte[])[0x1f, 0x8b]))
        {
            await using var unpacked = new BoundedUnpacking(content, given);
            await ImportArchive.ReadAsync(intake, given, unpacked, cancellation);
        }
        else if (length == TarBlock && ImportArchive.IsHeader(beginning)) await ImportArchive.ReadAsync(intake, given, content, cancellation);
        else intake.Take(given, Path.GetDirectoryName(given) ?? "", content, isNamed: true);
    }

    /// <summary>Links to files are followed, as a daemon follows them.</summary>
    private static FileStream Open(string place)
    {
        var file = new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.CanSeek) return file;
        // A pipe or a device may never end.
        file.Dispose();
        throw new IOException("it is no regular file");
    }
}
