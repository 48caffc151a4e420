namespace EventCheckpoints.Host.Duties;

/// <summary>What has to be done for a database by one host at a time, and is taken over by another when that one goes.</summary>
public interface IDuty
{
    /// <summary>Lower case; the same on all hosts of a database.</summary>
    string Name { get; }

    /// <summary>Does it until it is told to stop. What it keeps it keeps in the database, so that whoever takes over goes on from there.</summary>
    /// <exception cref="SupersededException">Somebody else does it, too.</exception>
    Task RunAsync(CancellationToken cancellation);
}
