namespace EventCheckpoints.Host.Duties;

/// <summary>Somebody else has moved on what this host was working at: a caller who changed it, or another host. Whoever sees this stops, and begins again with what is so now.</summary>
public sealed class SupersededException(string message) : Exception(message);
