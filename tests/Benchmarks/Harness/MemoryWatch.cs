namespace EventCheckpoints.Benchmarks.Harness;

/// <summary>How far memory grew above where it stood, in bytes; null where it was not watched.</summary>
/// <param name="Resident">Of the whole process (client and server, where both are in it); exact, as the kernel keeps it (VmHWM).</param>
/// <param name="Heap">Of the managed heap, garbage that is not collected yet included; sampled.</param>
internal sealed record MemoryPeak(long? Resident, long? Heap)
{
    public static MemoryPeak Unknown { get; } = new(null, null);

    /// <summary>Of one run that is not timed: memory given back before it has to be fetched again, which takes time.</summary>
    public static async Task<MemoryPeak> OfAsync(Operation operation)
    {
        if (operation.Prepare is { } prepare) await prepare();
        using var watch = MemoryWatch.Start();
        await operation.Run();
        return watch.Stop();
    }
}

/// <summary>Watches this process's memory from <see cref="Start"/> on.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private readonly long? _resident;
    private readonly long _heap;
    private readonly Timer _timer;
    private long _highest;

    private MemoryWatch()
    {
        // Memory that is free but not given back would be used again without showing.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _resident = ResetPeak() ? Status("VmRSS:") : null;
        _highest = _heap = GC.GetTotalMemory(false);
        _timer = new Timer(_ => Look(), null, Glance, Glance);
    }

    public static MemoryWatch Start() => new();

    public MemoryPeak Stop()
    {
        Look();
        return new MemoryPeak(_resident is { } before && Status("VmHWM:") is { } peak ? Math.Max(0, peak - before) : null, _highest - _heap);
    }

    public void Dispose() => _timer.Dispose();

    private void Look() => InterlockedMax(ref _highest, GC.GetTotalMemory(false));

    private static void InterlockedMax(ref long highest, long seen)
    {
        for (var known = Volatile.Read(ref highest); seen > known; known = Volatile.Read(ref highest))
        {
            if (Interlocked.CompareExchange(ref highest, seen, known) == known) return;
        }
    }

    /// <summary>Makes VmHWM begin anew (proc(5), clear_refs, 5); false on systems that have no such thing.</summary>
    private static bool ResetPeak()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long? Status(string field)
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB ")) * 1024;
    }
}
