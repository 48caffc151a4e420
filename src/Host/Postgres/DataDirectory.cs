using System.Globalization;

namespace EventCheckpoints.Host.Postgres;

/// <summary>
/// The directory of an embedded PostgreSQL, opened for one host at a time. In it: cluster/ (PostgreSQL's own), run (the socket's directory, or a
/// link to it where the path would be too long for a socket), postgres.log, and lock (held while a host runs, with its process id).
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream held;

    private DataDirectory(string path, ServiceUser user, FileStream held)
    {
        (Path, User) = (path, user);
        this.held = held;
    }

    /// <summary>Absolute, free of symbolic links.</summary>
    public string Path { get; }

    public ServiceUser User { get; }

    public string Cluster => In(Path, "cluster");

    public string Run => In(Path, "run");

    public string Log => In(Path, "postgres.log");

    /// <summary>
    /// Where data go unless told: eventcheckpoints under XDG_DATA_HOME, else under ~/.local/share (the XDG base directory specification's default);
    /// root without XDG_DATA_HOME has /var/lib/eventcheckpoints, so that /root need not be opened to PostgreSQL's user.
    /// </summary>
    public static string Default =>
        In(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is ['/', ..] home ? home
            : Environment.IsPrivilegedProcess ? "/var/lib"
            : In(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local/share"), "eventcheckpoints");

    /// <summary>Makes the directory where it is missing, lets PostgreSQL's user in, and takes the lock, which the kernel lets go when this process ends however.</summary>
    /// <exception cref="StartupException">Another host has it, it is something else's, or it cannot be written or reached.</exception>
    public static async Task<DataDirectory> OpenAsync(string directory, ILogger log, CancellationToken cancellation)
    {
        var path = (await Tool.RunAsync("realpath", ["-m", "--", System.IO.Path.GetFullPath(directory)], null, cancellation)).Text;
        var user = await ServiceUser.ChooseAsync(In(path, "cluster"));
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path) ?? path);
            if (!IsOursOrEmpty(path))
                throw new StartupException($"{path} holds other files: name a new or empty directory with --data DIR.");
            if (user.IsOther) await Passage.OpenAsync(path, user, log);
            await MakeAsync(path, user, cancellation);
            return new DataDirectory(path, user, Lock(In(path, "lock")));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {path} cannot be used ({refused.Message.TrimEnd('.')}): name another with --data DIR.");
        }
    }

    public void Dispose() => held.Dispose();

    private static string In(string directory, string name) => System.IO.Path.Combine(directory, name);

    private static bool IsOursOrEmpty(string path) =>
        !Directory.Exists(path)
        || File.Exists(In(path, "lock"))
        // A file system of its own has lost+found.
        || Directory.EnumerateFileSystemEntries(path).All(entry => System.IO.Path.GetFileName(entry) == "lost+found");

    private static async Task MakeAsync(string path, ServiceUser user, CancellationToken cancellation)
    {
        var owner = await FileOwner.OfAsync(path);
        if (owner is not null && owner.Uid != user.Uid && !(user.IsOther && owner.Uid == "0"))
            throw new StartupException(
                $"The data directory {path} belongs to user '{owner.Name}' and PostgreSQL would run as '{user.Name}': give it over with `chown {user.Name}: {path}`, or name another with --data DIR.");
        if (owner?.Uid == user.Uid) return;
        // Before install(1), which is less clear about why it could not.
        Directory.CreateDirectory(path);
        string[] owned = user.IsOther ? ["-o", user.Uid, "-g", user.Gid] : [];
        var made = await Tool.RunAsync("install", ["-d", "-m", "0700", .. owned, "--", path], null, cancellation);
        if (!made.Succeeded) throw new IOException(made.Text);
    }

    private static FileStream Lock(string file)
    {
        // The directory is another user's, and root must not be led to write elsewhere.
        if (new FileInfo(file).LinkTarget is not null) throw new IOException($"{file} is a symbolic link");
        try
        {
            var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            stream.SetLength(0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            stream.Flush();
            return stream;
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            // Not File.ReadAllText: that would ask for the lock as well.
            var holder = Tool.RunAsync("cat", ["--", file]).GetAwaiter().GetResult().Text;
            throw new StartupException(
                $"Another host (process {holder}) runs on {System.IO.Path.GetDirectoryName(file)}: stop it, or name another directory with --data DIR.");
        }
    }

    // EWOULDBLOCK, which flock(2) answers when another process has the lock, as .NET hands it on.
    private const int WouldBlock = 11;
}
