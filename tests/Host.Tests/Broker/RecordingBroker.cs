using EventCheckpoints.Host.Broker;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>A broker that does as a test says, and keeps what it got.</summary>
internal sealed class RecordingBroker(Func<int, int?> confirms) : IBroker
{
    private readonly List<long> _got = [];
    private int _attempts;

    public IReadOnlyList<long> Got => _got;

    public int Connections { get; private set; }

    public bool IsConnected { get; private set; }

    public Task ConnectAsync(CancellationToken cancellation)
    {
        Connections++;
        IsConnected = true;
        return Task.CompletedTask;
    }

    /// <summary>Asks the test for the number of the attempt: so many events are confirmed and the connection is lost; null: all are.</summary>
    public Task PublishAsync(IReadOnlyList<FeedEvent> events, CancellationToken cancellation)
    {
        var some = confirms(_attempts++);
        _got.AddRange(events.Take(some ?? events.Count).Select(happened => happened.Sequence));
        if (some is null) return Task.CompletedTask;
        IsConnected = false;
        throw new BrokerException("gone", some.Value);
    }

    public ValueTask DisposeAsync()
    {
        IsConnected = false;
        return ValueTask.CompletedTask;
    }

    public sealed record Settings(RecordingBroker Broker) : BrokerSettings
    {
        public override string Name => "recording";

        public override IBroker Open() => Broker;

        protected override string? Wrong() => null;
    }
}
