using System.Text.Json.Nodes;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>What a message was, besides its body.</summary>
internal sealed record Received(string RoutingKey, IReadOnlyBasicProperties Properties, JsonNode Body)
{
    public string Sequence => (string)Body["sequence"]!;
}

/// <summary>A durable quorum queue bound to an exchange, and what came into it.</summary>
internal sealed class BoundQueue : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _name;

    private BoundQueue(IConnection connection, IChannel channel, string name) => (_connection, _channel, _name) = (connection, channel, name);

    /// <summary>Looks at a queue without taking anything out of it.</summary>
    public static async Task<BoundQueue> WatchAsync(string uri, string queue)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
        return new BoundQueue(connection, await connection.CreateChannelAsync(), queue);
    }

    public Task<uint> CountAsync() => _channel.MessageCountAsync(_name);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    public static async Task DeclareAsync(string uri, string exchange, string queue, string binding, IDictionary<string, object?>? arguments = null)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, autoDelete: false);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(arguments ?? new Dictionary<string, object?>()) { ["x-queue-type"] = "quorum" });
        await channel.QueueBindAsync(queue, exchange, binding);
    }

    /// <summary>Everything that comes, until so many different events have, and whatever is behind them by then.</summary>
    public static async Task<List<Received>> DrainAsync(string uri, string queue, int distinct)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var coming = Channel.CreateUnbounded<Received>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            await coming.Writer.WriteAsync(new Received(message.RoutingKey, new BasicProperties(message.BasicProperties), JsonNode.Parse(message.Body.Span)!));
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var received = new List<Received>();
        var seen = new HashSet<string>();
        while (seen.Count < distinct)
        {
            var message = await coming.Reader.ReadAsync(patience.Token);
            received.Add(message);
            seen.Add(message.Sequence);
        }

        // What was delivered comes before the broker's goodbye.
        while (await channel.MessageCountAsync(queue, patience.Token) > 0) await Task.Yield();
        await channel.CloseAsync(patience.Token);
        while (coming.Reader.TryRead(out var behind)) received.Add(behind);
        return received;
    }
}
