using EventCheckpoints.Host.Cli.Hosts;
using EventCheckpoints.Host.Duties;

namespace EventCheckpoints.Host.Sources;

/// <summary>Learns from one libvirt host, again and again, and keeps what came of the last look. A host that cannot be reached is tried again at the next time.</summary>
internal sealed class SourceDuty(SourceSettings source, OwnWords words, SourceRows rows, IHostApplicationLifetime life, ILogger<SourceDuty> log) : IDuty
{
    /// <summary>How soon a look is made that somebody asked for.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private bool? _well;

    public string Name => $"source {source.Name}";

    public async Task RunAsync(CancellationToken cancellation)
    {
        // What the words are told to reach has to be there.
        var serving = new TaskCompletionSource();
        await using (life.ApplicationStarted.Register(() => serving.TrySetResult())) await serving.Task.WaitAsync(cancellation);
        var changed = new SemaphoreSlim(0, 1);
        using var watcher = source.Watch is { } directory ? Watch(directory, changed) : null;
        while (true)
        {
            var started = await rows.StartAsync(source, cancellation);
            var look = await LookAsync(cancellation);
            await rows.EndAsync(source.Name, look, cancellation);
            if (look.Problem is null && _well != true) log.Learning(source.Name, look.Domains);
            else if (look.Problem is { } problem && _well != false) log.NotLearning(source.Name, problem);
            _well = look.Problem is null;
            await UntilNextAsync(changed, started, cancellation);
        }
    }

    private async Task<SourceLook> LookAsync(CancellationToken cancellation)
    {
        string[] command = ["sync", source.Uri, "--json", .. source.Bitmaps ? ["--bitmaps"] : Array.Empty<string>(), "--reason", $"seen by source {source.Name}"];
        var answer = await words.AskAsync<SyncAnswer>(command, TimeSpan.FromSeconds(source.Timeout), cancellation);
        return answer.Refusal is { } refusal ? SourceLook.Failed(refusal.Text) : SourceLook.Of(answer.Value.Domains);
    }

    /// <summary>Returns when its time has come, its directory has changed, or somebody asks for it.</summary>
    private async Task UntilNextAsync(SemaphoreSlim changed, DateTimeOffset started, CancellationToken cancellation)
    {
        var due = Environment.TickCount64 + (source.Every * 1000L);
        while (Environment.TickCount64 < due)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Min(Poll.TotalMilliseconds, due - Environment.TickCount64)));
            if (await changed.WaitAsync(wait, cancellation) || await rows.IsWantedAsync(source.Name, started, cancellation)) return;
        }
    }

    private static FileSystemWatcher Watch(string directory, SemaphoreSlim changed)
    {
        var watcher = new FileSystemWatcher(directory) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite };
        void Changed(object sender, EventArgs e)
        {
            // One look is owed, however much has changed.
            lock (watcher)
                if (changed.CurrentCount == 0) changed.Release();
        }

        watcher.Created += Changed;
        watcher.Changed += Changed;
        watcher.Deleted += Changed;
        watcher.Renamed += Changed;
        watcher.Error += Changed;
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private sealed record SyncAnswer(IReadOnlyList<SyncOutcome> Domains);
}

/// <summary>What came of a look.</summary>
/// <param name="Problem">Why nothing could be learned, or of how many domains and the first of them; null where all was.</param>
/// <param name="Lost">Checkpoints that the host has lost since the look before; likewise the others.</param>
public sealed record SourceLook(int Domains, int Created, int Redefined, int Unchanged, int Lost, int Found, int Invalidated, int Validated, string? Problem)
{
    public static SourceLook Failed(string problem) => new(0, 0, 0, 0, 0, 0, 0, 0, problem);

    public static SourceLook Of(IReadOnlyList<SyncOutcome> outcomes)
    {
        var failed = outcomes.Where(outcome => outcome.Problem is not null).ToArray();
        return new SourceLook(
            outcomes.Count, outcomes.Sum(of => of.Created.Count), outcomes.Sum(of => of.Redefined.Count), outcomes.Sum(of => of.Unchanged), outcomes.Sum(of => of.Lost.Count),
            outcomes.Sum(of => of.Found.Count), outcomes.Sum(of => of.Invalidated.Count), outcomes.Sum(of => of.Validated.Count),
            failed.Length == 0 ? null : $"{failed.Length} of {outcomes.Count} domains could not be learned; {failed[0].Name}: {failed[0].Problem}");
    }
}

internal static partial class SourceDutyLog
{
    [LoggerMessage(60, LogLevel.Information, "Source {source}: {domains} domains were looked at")]
    public static partial void Learning(this ILogger log, string source, int domains);

    [LoggerMessage(61, LogLevel.Warning, "Source {source} cannot be learned from: {problem}")]
    public static partial void NotLearning(this ILogger log, string source, string problem);
}
