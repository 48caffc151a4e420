using EventCheckpoints.Host.Broker;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>An exchange of a test's own, and the queues bound to it.</summary>
internal sealed class TestExchange(RabbitFixture rabbit)
{
    public string Name { get; } = $"events-{Guid.NewGuid():n}";

    /// <summary>Skips the test where RabbitMQ is not installed.</summary>
    public RabbitMqSettings Settings => new(rabbit.Server.Uri, Name);

    public string Queue(string queue) => $"{Name}/{queue}";

    public Task BindAsync(string queue, string binding, IDictionary<string, object?>? arguments = null) => BoundQueue.DeclareAsync(rabbit.Server.Uri, Name, Queue(queue), binding, arguments);

    public Task<List<Received>> DrainAsync(string queue, int distinct) => BoundQueue.DrainAsync(rabbit.Server.Uri, Queue(queue), distinct);
}
