namespace EventCheckpoints.Host.Duties;

/// <summary>Work that exactly one of the hosts on a database does at a time.</summary>
public interface IDuty
{
    /// <summary>What it is called in logs, and what a host holds while it does it; the same on every host.</summary>
    string Name { get; }

    /// <summary>Works until it is told to stop, which takes a few seconds at most.</summary>
    /// <exception cref="Exception">It cannot go on here; what was done is kept, and who begins anew, here or elsewhere, goes on from it.</exception>
    Task RunAsync(CancellationToken cancellation);
}
