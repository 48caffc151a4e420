namespace EventCheckpoints.Host.Http;

/// <summary>A temporary file for a body that is too large for memory.</summary>
internal static class Spool
{
    /// <summary>
    /// It may hold passwords: nobody else may read it, and its name is gone before anything is in it, so that the file system takes the file back however this process ends.
    /// </summary>
    public static FileStream Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 81920,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var spool = new FileStream(Path.Combine(Path.GetTempPath(), $"eventcheckpoints-{Guid.NewGuid():N}.xml"), options);
        File.Delete(spool.Name);
        return spool;
    }
}
