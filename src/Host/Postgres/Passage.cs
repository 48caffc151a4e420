namespace EventCheckpoints.Host.Postgres;

/// <summary>Lets PostgreSQL's user pass through the directories above a data directory, where root runs the host.</summary>
public static class Passage
{
    private const int GroupBits = 0b000_111_000;

    /// <summary>
    /// A directory above that the user may not pass through is opened if it is root's and its group could do nothing with it: it is given to the user's
    /// group with the right to pass (0700 becomes 0710) and no right to list or write, so nobody else gains anything. Any other is left as it is.
    /// </summary>
    /// <exception cref="StartupException">A directory stays closed; the sentence names it and the chmod that would help.</exception>
    public static async Task OpenAsync(string path, ServiceUser user, ILogger log)
    {
        foreach (var directory in Above(path))
        {
            if (await MayPassAsync(directory, user)) continue;
            if (await FileOwner.OfAsync(directory) is { Uid: "0" } owner && (owner.Mode & GroupBits) == 0
                && (await Tool.RunAsync("chgrp", ["--", user.Gid, directory])).Succeeded
                && (await Tool.RunAsync("chmod", ["g+x", "--", directory])).Succeeded
                && await MayPassAsync(directory, user))
            {
                log.PassageOpened(directory, user.Name, user.Gid);
                continue;
            }

            throw new StartupException(
                $"PostgreSQL runs as user '{user.Name}', which may not pass through {directory}: allow it with `chmod o+x {directory}`, or name another place with --data DIR.");
        }
    }

    private static async Task<bool> MayPassAsync(string directory, ServiceUser user) => (await user.RunAsync("test", ["-x", directory])).Succeeded;

    private static Stack<string> Above(string path)
    {
        var above = new Stack<string>();
        for (var directory = Path.GetDirectoryName(path); directory is not null; directory = Path.GetDirectoryName(directory)) above.Push(directory);
        return above;
    }
}
