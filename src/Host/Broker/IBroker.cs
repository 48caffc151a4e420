using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Broker;

/// <summary>
/// Where events are published to. Another broker is one more implementation, and its settings beside those in <see cref="BrokerSettings"/>. Used by one caller at a time.
/// </summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>Whether there is a connection that nothing is known to be wrong with.</summary>
    bool IsConnected { get; }

    /// <summary>Connects anew, and makes what is published to where it is missing.</summary>
    /// <exception cref="BrokerException">It is away, or does not let us in.</exception>
    Task ConnectAsync(CancellationToken cancellation);

    /// <summary>Publishes in order, and returns once the broker has taken responsibility for all of them.</summary>
    /// <exception cref="BrokerException">It has for the first few only. The rest is to be published again, from the first one on.</exception>
    Task PublishAsync(IReadOnlyList<FeedEvent> events, CancellationToken cancellation);
}

/// <summary>A broker does not do what it should; trying again later can help.</summary>
/// <param name="sentence">For people and logs: it holds no credentials.</param>
/// <param name="confirmed">How many events, from the first one on, it has all the same.</param>
public sealed class BrokerException(string sentence, int confirmed = 0, Exception? inner = null) : Exception(sentence, inner)
{
    public int Confirmed => confirmed;
}
