namespace EventCheckpoints.Host.Postgres;

/// <summary>PostgreSQL's own programs on one cluster: initdb and pg_ctl, as the service user, with their failures as sentences.</summary>
public sealed class ServerProgram(DataDirectory data, PostgresBinaries binaries, ILogger log)
{
    private const long LogBound = 8 << 20;

    // Recovery after a kill reads at most max_wal_size of log; a slow disk needs its time for that.
    private const string StartPatience = "300";
    private const string StopPatience = "60";

    private Postmaster? running;

    public bool IsAlive => running?.IsAlive ?? false;

    /// <summary>The major version that made the cluster, or null where there is none yet.</summary>
    public static async Task<int?> VersionOfClusterAsync(DataDirectory data)
    {
        if (!Directory.Exists(data.Cluster)) return null;
        var version = await data.User.RunAsync("cat", ["--", Path.Combine(data.Cluster, "PG_VERSION")]);
        return int.TryParse(version.Text, out var major)
            ? major
            : throw new StartupException(
                $"{data.Cluster} is no PostgreSQL cluster any more ({version.Text}): bring {data.Path} back from a backup, or name another directory with --data DIR.");
    }

    /// <summary>initdb, unless there is a cluster. It appears under its name only when it is whole, so a killed start leaves nothing to stumble over.</summary>
    public async Task MakeClusterAsync(string superuser, CancellationToken cancellation)
    {
        if (Directory.Exists(data.Cluster)) return;
        log.MakingCluster(binaries.Major, data.Path);
        var unfinished = data.Cluster + ".new";
        await data.User.RunAsync("rm", ["-rf", "--", unfinished], null, cancellation);
        // Whoever can enter the socket's directory is the service user or root, and both own the cluster anyway: a password would protect nothing.
        string[] arguments =
        [
            "-D", unfinished, "-U", superuser, "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth-local=trust", "--auth-host=reject",
        ];
        var made = await data.User.RunAsync(binaries.Program("initdb"), arguments, null, cancellation);
        if (made.Succeeded) made = await data.User.RunAsync("mv", ["-T", "--", unfinished, data.Cluster], null, cancellation);
        if (made.Succeeded) return;
        await data.User.RunAsync("rm", ["-rf", "--", unfinished], null, cancellation);
        throw Failure("could not make its cluster", made.Text);
    }

    public async Task ConfigureAsync(string settings)
    {
        var written = await data.User.RunAsync("tee", ["--", Path.Combine(data.Cluster, "postgresql.conf")], settings);
        if (!written.Succeeded) throw Failure("could not write its settings", written.Text[^Math.Min(200, written.Text.Length)..]);
    }

    /// <summary>Makes the cluster ready for a start: a server that an earlier host left behind is stopped, and what a killed server left is cleared away.</summary>
    public async Task StopLeftoverAsync()
    {
        if (Postmaster.Of(data.Cluster) is { } leftover)
        {
            log.LeftoverFound(leftover.Id, data.Path);
            running = leftover;
            await StopAsync();
        }

        Postmaster.KillAll(data.Cluster);
        // PostgreSQL itself takes the id in a leftover file for its own if any process of its user has that id by now, or a zombie has.
        await data.User.RunAsync("rm", ["-f", "--", Path.Combine(data.Cluster, "postmaster.pid")]);
    }

    /// <summary>Returns once the server takes connections. pg_ctl gives it a session of its own, so Ctrl-C in the host's terminal does not reach it.</summary>
    public async Task StartAsync()
    {
        var before = LogLength();
        var started = await ControlAsync("start", "-w", "-s", "-t", StartPatience, "-l", data.Log);
        running = Postmaster.Of(data.Cluster);
        if (started.Succeeded && running is not null) return;
        throw Failure("did not start", await SaidSinceAsync(before) is { Length: > 0 } said ? said : started.Text);
    }

    /// <summary>Fast: sessions are ended, their transactions rolled back, and a checkpoint is written. Only a server that does not listen is cut off.</summary>
    public async Task StopAsync()
    {
        if (!IsAlive) return;
        var stopped = await ControlAsync("stop", "-w", "-s", "-m", "fast", "-t", StopPatience);
        if (stopped.Succeeded || !IsAlive) return;
        log.CuttingOff(data.Path, stopped.Text);
        await ControlAsync("stop", "-w", "-s", "-m", "immediate", "-t", StopPatience);
    }

    /// <summary>Keeps postgres.log and one earlier file below <see cref="LogBound"/> each. The server appends, so it goes on at the new beginning.</summary>
    public async Task BoundLogAsync()
    {
        if (LogLength() <= LogBound) return;
        await data.User.RunAsync("cp", ["--", data.Log, data.Log + ".1"]);
        await data.User.RunAsync("truncate", ["-s", "0", "--", data.Log]);
    }

    private Task<ToolOutput> ControlAsync(string action, params string[] arguments) =>
        data.User.RunAsync(binaries.Program("pg_ctl"), [action, "-D", data.Cluster, .. arguments]);

    private long LogLength() => new FileInfo(data.Log) is { Exists: true } file ? file.Length : 0;

    private async Task<string> SaidSinceAsync(long before) =>
        (await data.User.RunAsync("tail", ["-c", $"+{before + 1}", "--", data.Log])) is { Succeeded: true } tail ? tail.Text : "";

    private StartupException Failure(string what, string said)
    {
        // The second is the server's hint where a write came out short.
        if (said.Contains("No space left on device", StringComparison.Ordinal) || said.Contains("Check free disk space", StringComparison.Ordinal))
            return new($"PostgreSQL {what} because the disk that holds {data.Path} is full: make room there, or name another place with --data DIR.");
        var tail = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(8);
        return new($"PostgreSQL {what} in {data.Path} (its log is {data.Log}); it says:\n  {string.Join("\n  ", tail)}");
    }
}
