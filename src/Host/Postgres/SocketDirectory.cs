using System.Text;

namespace EventCheckpoints.Host.Postgres;

/// <summary>Where the server's unix socket lies: a directory that only PostgreSQL's user and root may enter.</summary>
public static class SocketDirectory
{
    // sockaddr_un.sun_path has 108 bytes, one of them the end (unix(7)).
    private const int LongestSocketPath = 107;
    private const string SocketName = "/.s.PGSQL.5432";
    private const string Prefix = "eventcheckpoints-";

    /// <summary>
    /// The data directory's own run/, where that path can name a socket; else a directory of a random name under XDG_RUNTIME_DIR or /tmp,
    /// which run then is a link to, so that it can be found and is taken away by the next start.
    /// </summary>
    /// <returns>Its absolute path.</returns>
    public static async Task<string> MakeAsync(DataDirectory data)
    {
        await RemoveAsync(data);
        if (CanName(data.Run))
        {
            await MustAsync(data, "mkdir", ["-p", "-m", "0700", "--", data.Run]);
            return data.Run;
        }

        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        // Root's runtime directory is closed to the service user.
        var parent = !data.User.IsOther && runtime is ['/', ..] && CanName(runtime + "/" + Prefix + "12345678") && Directory.Exists(runtime) ? runtime : "/tmp";
        var made = (await MustAsync(data, "mktemp", ["-d", "--", $"{parent}/{Prefix}XXXXXXXX"])).Text;
        await MustAsync(data, "ln", ["-sfn", "--", made, data.Run]);
        return made;
    }

    /// <summary>Takes away a directory outside the data directory, if there is one.</summary>
    public static async Task RemoveAsync(DataDirectory data)
    {
        if (new DirectoryInfo(data.Run).LinkTarget is not { } outside || !Path.GetFileName(outside).StartsWith(Prefix, StringComparison.Ordinal)) return;
        await data.User.RunAsync("rm", ["-rf", "--", outside, data.Run]);
    }

    // Npgsql takes a comma for the next host and PostgreSQL one for the next directory, so anything but plain characters goes elsewhere.
    private static bool CanName(string directory) =>
        Encoding.UTF8.GetByteCount(directory + SocketName) <= LongestSocketPath
        && directory.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '_' or '-' or '+');

    private static async Task<ToolOutput> MustAsync(DataDirectory data, string program, string[] arguments)
    {
        var output = await data.User.RunAsync(program, arguments);
        return output.Succeeded ? output : throw new StartupException($"No directory for PostgreSQL's socket could be made for {data.Path}: {output.Text}.");
    }
}
