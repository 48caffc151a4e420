using System.Text.RegularExpressions;

namespace EventCheckpoints.Host.Postgres;

/// <summary>A directory with PostgreSQL's server programs (initdb, pg_ctl, postgres) of one major version.</summary>
public sealed partial record PostgresBinaries(string Directory, int Major)
{
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    /// <summary>
    /// Where a machine may keep them: PATH first, for whoever chose a version, then the distributions' versioned directories, newest first
    /// (Debian's, PGDG's on Fedora and RHEL, Arch's of earlier versions), then the single one of Fedora and Arch, and a build of one's own.
    /// </summary>
    public static IEnumerable<string> UsualPlaces() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(directory => directory.StartsWith('/')),
        .. Versions("/usr/lib/postgresql", ""),
        .. Versions("/usr", "pgsql-"),
        .. Versions("/opt", "pgsql-"),
        "/usr/bin",
        "/usr/local/pgsql/bin",
    ];

    public string Program(string name) => Path.Combine(Directory, name);

    /// <param name="places">Directories in order of preference; see <see cref="UsualPlaces"/>.</param>
    /// <param name="cluster">The cluster to run.</param>
    /// <param name="wanted">The major version that made the cluster, or null for a new one.</param>
    /// <exception cref="StartupException">There are none, or none of the wanted version.</exception>
    public static async Task<PostgresBinaries> FindAsync(IEnumerable<string> places, string cluster, int? wanted)
    {
        var found = new List<PostgresBinaries>();
        foreach (var place in places.Select(Home).OfType<string>().Distinct())
        {
            if (await MajorOfAsync(place) is not { } major) continue;
            if (wanted is null || wanted == major) return new PostgresBinaries(place, major);
            found.Add(new PostgresBinaries(place, major));
        }

        if (found.Count == 0)
            throw new StartupException(
                "No PostgreSQL server programs were found here (initdb, pg_ctl and postgres on PATH or in /usr/lib/postgresql/*/bin): " +
                "install them with `apt-get install postgresql`, or name a server of your own with --connection 'Host=HOST;Username=USER;Password=PASSWORD;Database=NAME'.");
        throw new StartupException(
            $"The cluster in {cluster} was made by PostgreSQL {wanted}, and only {string.Join(", ", found.Select(one => one.Major).Distinct())} is installed here: " +
            $"install it with `apt-get install postgresql-{wanted}`, or name another directory with --data DIR.");
    }

    /// <summary>Where the programs really are: a link such as /usr/local/bin/pg_ctl leads to a directory with all of them.</summary>
    private static string? Home(string place)
    {
        var control = new FileInfo(Path.Combine(place, "pg_ctl"));
        if (!control.Exists) return null;
        var home = Path.GetDirectoryName(control.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? control.FullName)!;
        return Programs.All(program => File.Exists(Path.Combine(home, program))) ? home : null;
    }

    private static async Task<int?> MajorOfAsync(string place)
    {
        var output = await Tool.RunAsync(Path.Combine(place, "pg_ctl"), ["--version"]);
        return Version().Match(output.Text) is { Success: true } match ? int.Parse(match.Groups[1].Value) : null;
    }

    private static IEnumerable<string> Versions(string parent, string prefix) =>
        System.IO.Directory.Exists(parent)
            ? System.IO.Directory.EnumerateDirectories(parent, prefix + "*")
                .Select(path => (Path: path, Number: int.TryParse(Path.GetFileName(path)[prefix.Length..], out var number) ? number : 0))
                .Where(one => one.Number > 0)
                .OrderByDescending(one => one.Number)
                .Select(one => Path.Combine(one.Path, "bin"))
            : [];

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Version();
}
