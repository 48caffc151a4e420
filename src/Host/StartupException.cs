namespace EventCheckpoints.Host;

/// <summary>The one exception that means "say this sentence and exit 1": the process cannot do its work here, and the message says what would help.</summary>
public sealed class StartupException(string message) : Exception(message);
