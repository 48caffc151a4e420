using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EventCheckpoints.Host.Broker;

/// <summary>
/// A topic exchange of RabbitMQ. Messages are CloudEvents in structured mode (CloudEvents AMQP binding §3.2): the body is the same JSON as everywhere else, and only content-type, which AMQP 0-9-1 and 1.0
/// share, says so. Binary mode needs application properties of AMQP 1.0, which a consumer of 0-9-1 sees under other names.
/// </summary>
internal sealed class RabbitMqBroker(RabbitMqSettings settings) : IBroker
{
    /// <summary>A connection that is cut without a word is noticed after twice as long.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>For a broker that hangs to say goodbye.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private IConnection? _connection;
    private IChannel? _channel;
    private PublisherConfirms _confirms = new();

    public bool IsConnected => _channel is { IsOpen: true };

    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        // Recovery is the publisher's: the client's own would send on a new channel whose numbers begin again, and ask nobody what the old one still owed.
        var factory = settings.Factory();
        (factory.AutomaticRecoveryEnabled, factory.TopologyRecoveryEnabled, factory.RequestedHeartbeat) = (false, false, Heartbeat);
        try
        {
            _connection = await factory.CreateConnectionAsync("eventcheckpoints", cancellation);
            _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellation);
            var confirms = _confirms = new PublisherConfirms();
            _channel.BasicAcksAsync += (_, ack) => Take(() => confirms.Take(ack.DeliveryTag, ack.Multiple, Answer.Confirmed));
            _channel.BasicNacksAsync += (_, nack) => Take(() => confirms.Take(nack.DeliveryTag, nack.Multiple, Answer.Refused));
            _channel.ChannelShutdownAsync += (_, _) => Take(confirms.Lose);
            await _channel.ExchangeDeclareAsync(settings.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellation);
        }
        catch (Exception fault) when (IsFault(fault, cancellation))
        {
            throw new BrokerException(Sentence(fault), inner: fault);
        }
    }

    public async Task PublishAsync(IReadOnlyList<FeedEvent> events, CancellationToken cancellation)
    {
        var answers = new List<Task<Answer>>(events.Count);
        var channel = _channel ?? throw new InvalidOperationException("not connected");
        try
        {
            foreach (var happened in events)
            {
                // No more is sent once one is known not to have arrived: it would come before it.
                if (answers.Count >= settings.Window && await answers[^settings.Window].WaitAsync(cancellation) != Answer.Confirmed) break;
                answers.Add(_confirms.Next());
                await channel.BasicPublishAsync(settings.Exchange, RoutingKey.Of(happened), mandatory: false, Properties(happened), CloudEvents.Json(happened), cancellation);
            }

            // All of them, also behind one that was refused: what is still under way would come after what is sent next.
            await Task.WhenAll(answers).WaitAsync(cancellation);
        }
        catch (Exception fault) when (IsFault(fault, cancellation))
        {
            // Which of them went out is not known, so neither are the numbers of what would follow over this channel.
            await DisposeAsync();
            throw new BrokerException(Sentence(fault), Confirmed(answers), fault);
        }

        if (Confirmed(answers) is var confirmed && confirmed < events.Count)
            throw new BrokerException(
                answers[confirmed].Result == Answer.Refused ? $"the broker at {settings.Place} refused event {events[confirmed].Sequence}" : $"the broker at {settings.Place} went away", confirmed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not { } connection) return;
        (_connection, _channel) = (null, null);
        // In order, if it still can: then nothing that was sent over it can appear after what the next one sends.
        await connection.AbortAsync(Goodbye);
        await connection.DisposeAsync();
    }

    private static BasicProperties Properties(FeedEvent happened) => new()
    {
        ContentType = "application/cloudevents+json",
        MessageId = happened.Id.ToString(),
        Type = EventTypes.All[happened.Type],
        Timestamp = new AmqpTimestamp(happened.Recorded.ToUnixTimeSeconds()),
        DeliveryMode = DeliveryModes.Persistent,
        AppId = "eventcheckpoints",
    };

    private static int Confirmed(List<Task<Answer>> answers) => answers.TakeWhile(answer => answer is { IsCompletedSuccessfully: true, Result: Answer.Confirmed }).Count();

    private static Task Take(Action answer)
    {
        answer();
        return Task.CompletedTask;
    }

    private static bool IsFault(Exception fault, CancellationToken cancellation) => !cancellation.IsCancellationRequested
        && fault is RabbitMQClientException or IOException or SocketException or TimeoutException or AuthenticationException or OperationCanceledException or ChannelClosedException or ObjectDisposedException;

    /// <summary>The innermost says what happened; none of them knows a password.</summary>
    private string Sentence(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (cause is AuthenticationFailureException or PossibleAuthenticationFailureException) return $"the broker at {settings.Place} does not accept the credentials in uri";
        return $"the broker at {settings.Place} is not to be used: {fault.GetBaseException().Message}";
    }
}
