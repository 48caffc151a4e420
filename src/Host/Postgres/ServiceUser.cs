namespace EventCheckpoints.Host.Postgres;

/// <summary>
/// Whom PostgreSQL's programs run as. initdb and postgres refuse root, and a user id without a passwd entry too (src/backend/main/main.c),
/// so root runs them as the owner of an existing cluster, else as postgres, else as nobody; anybody else runs them as himself.
/// </summary>
public sealed class ServiceUser
{
    private readonly string[] prefix;

    private ServiceUser(string name, string uid, string gid, string[] prefix)
    {
        (Name, Uid, Gid) = (name, uid, gid);
        this.prefix = prefix;
    }

    public string Name { get; }

    /// <summary>Decimal, as in the passwd file.</summary>
    public string Uid { get; }

    /// <summary>Decimal, as in the passwd file.</summary>
    public string Gid { get; }

    /// <summary>Whether this is another user than the process's own; that is, whether the process is root.</summary>
    public bool IsOther => prefix.Length > 0;

    /// <param name="cluster">The cluster's directory, whether it exists yet or not.</param>
    /// <exception cref="StartupException">An existing cluster belongs to somebody else than this process, or no user would be accepted.</exception>
    public static async Task<ServiceUser> ChooseAsync(string cluster)
    {
        var owner = await FileOwner.OfAsync(cluster);
        if (Environment.IsPrivilegedProcess) return Other(owner, cluster);
        var own = (await Tool.RunAsync("id", ["-u"])).Text;
        return owner is null || owner.Uid == own
            ? new ServiceUser(Environment.UserName, own, (await Tool.RunAsync("id", ["-g"])).Text, [])
            : throw new StartupException(
                $"The PostgreSQL cluster in {cluster} belongs to user '{owner.Name}', not to '{Environment.UserName}': start as that user, or name another directory with --data DIR.");
    }

    /// <summary>Runs a program as this user, without any supplementary group.</summary>
    public Task<ToolOutput> RunAsync(string program, IEnumerable<string> arguments, string? input = null, CancellationToken cancellation = default) =>
        prefix is [var first, .. var rest]
            ? Tool.RunAsync(first, [.. rest, program, .. arguments], input, cancellation)
            : Tool.RunAsync(program, arguments, input, cancellation);

    private static ServiceUser Other(FileOwner? owner, string cluster)
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToList();
        if (owner?.Uid == "0")
            throw new StartupException(
                $"The PostgreSQL cluster in {cluster} belongs to root, which PostgreSQL refuses: give it to a user with `chown -R postgres: {cluster}`.");
        var account = owner is not null
            ? accounts.Find(fields => fields[2] == owner.Uid)
                ?? throw new StartupException($"The PostgreSQL cluster in {cluster} belongs to user id {owner.Uid}, which has no account here: give it to one with `chown -R USER: {cluster}`.")
            : accounts.Find(fields => fields[0] == "postgres") ?? accounts.Find(fields => fields[0] == "nobody")
                ?? throw new StartupException("PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody': start as another user, or name a server with --connection STRING.");
        var (name, uid, gid) = (account[0], account[2], account[3]);
        string[] prefix = OnPath("setpriv")
            ? ["setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--"]
            : ["runuser", "-u", name, "--"];
        return new ServiceUser(name, uid, gid, prefix);
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => directory != "" && File.Exists(Path.Combine(directory, program)));
}
