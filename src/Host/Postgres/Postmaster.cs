using System.Diagnostics;
using System.Globalization;

namespace EventCheckpoints.Host.Postgres;

/// <summary>
/// A running PostgreSQL server process. Its id alone would not do: the kernel gives ids out again, and a process that was killed stays
/// as a zombie where nobody collects it (a container whose first process does not), so the start time and the state count too (proc(5), stat).
/// </summary>
/// <param name="Started">Clock ticks since boot.</param>
public sealed record Postmaster(int Id, long Started)
{
    public bool IsAlive => StartOf(Id) == Started;

    /// <summary>The server that runs in the cluster, or null; a leftover postmaster.pid, even one that names another process by now, is not taken for one.</summary>
    public static Postmaster? Of(string cluster)
    {
        var file = Path.Combine(cluster, "postmaster.pid");
        return File.Exists(file)
            && int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            && IsIn(cluster, id)
            && StartOf(id) is { } started
            ? new Postmaster(id, started)
            : null;
    }

    /// <summary>
    /// kill -9 for every process of the cluster. For what a killed server left behind: a backend busy with a query notices only at its end, and until then
    /// no new server may start (its shared memory is "still in use"). Its work is lost with the server either way.
    /// </summary>
    public static void KillAll(string cluster)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var id) || !IsIn(cluster, id)) continue;
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit(TimeSpan.FromSeconds(5));
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
            }
        }
    }

    // Every PostgreSQL process works in its cluster's directory; an administrator's shell there is no PostgreSQL process.
    private static bool IsIn(string cluster, int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget == cluster
                && File.ReadAllText($"/proc/{id}/comm").TrimEnd() is "postgres" or "postmaster";
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long? StartOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The second field, the program's name, may hold anything but ends at the last bracket; then state is field 3 and starttime 22.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
