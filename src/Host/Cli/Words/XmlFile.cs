using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>Reads a file of XML as virsh does (virFileReadAll with VSH_MAX_XML_FILE), byte for byte.</summary>
internal static class XmlFile
{
    private const int MaxBytes = 10 * 1024 * 1024;

    /// <returns>Null, with the error printed, where it cannot be read.</returns>
    public static byte[]? Read(Invocation call, string path)
    {
        var (bytes, problem) = TryRead(call, path);
        if (problem is not null) call.Fail(problem);
        return bytes;
    }

    /// <summary>As <see cref="Read"/>, the error not printed.</summary>
    public static (byte[]? Bytes, string? Problem) TryRead(Invocation call, string path)
    {
        var place = call.Locate(path);
        if (Directory.Exists(place)) return (null, $"Failed to read file '{path}': Is a directory");
        try
        {
            using var file = new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new MemoryStream();
            var buffer = new byte[81920];
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > MaxBytes) return (null, $"Failed to read file '{path}': Value too large for defined data type");
            }

            return (bytes.ToArray(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"Failed to open file '{path}': {Reason(e)}");
        }
    }

    /// <summary>The C library's words for it, as virsh has them.</summary>
    public static string Reason(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
        UnauthorizedAccessException => "Permission denied",
        PathTooLongException => "File name too long",
        _ => e.Message,
    };
}
