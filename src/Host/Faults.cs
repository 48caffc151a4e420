using System.Collections.Concurrent;

namespace EventCheckpoints.Host;

/// <summary>What has stopped in this host and needs a person; /healthz tells it.</summary>
public sealed class Faults
{
    private readonly ConcurrentDictionary<string, string> _all = new();

    /// <summary>By name of what stopped: why.</summary>
    public IReadOnlyDictionary<string, string> All => _all;

    public void Add(string name, string why) => _all[name] = why;

    /// <summary>It goes on again.</summary>
    public void Remove(string name) => _all.TryRemove(name, out _);
}
