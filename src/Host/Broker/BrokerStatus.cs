namespace EventCheckpoints.Host.Broker;

/// <summary>How publishing to the broker stands on this host.</summary>
/// <param name="Name">The broker's, such as rabbitmq/eventcheckpoints.</param>
/// <param name="Running">Whether this host is the one that publishes; if not, what follows is of when it last was.</param>
/// <param name="Position">Up to this sequence everything has been confirmed, or was not wanted.</param>
/// <param name="Lag">How many sequences the position is behind the feed's end, as last seen; so many events at most, since not each sequence is an event that is published.</param>
/// <param name="Fault">Why nothing is published; null while all is well.</param>
public sealed record BrokerStatus(string Name, bool Running, long Position, long Lag, bool Connected, string? Fault);
