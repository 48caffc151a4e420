using System.Net.Security;
using RabbitMQ.Client;

namespace EventCheckpoints.Host.Broker;

/// <summary>RabbitMQ, or another broker that speaks AMQP 0-9-1 with its publisher confirms.</summary>
/// <param name="Uri">amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://…; never shown.</param>
/// <param name="Exchange">The topic exchange that is published to; made, durable, where it is missing.</param>
/// <param name="Window">How many events may be under way unconfirmed. With 1 not even a broker that refuses single messages can mix up their order.</param>
public sealed record RabbitMqSettings(string? Uri = null, string Exchange = RabbitMqSettings.UsualExchange, int Window = 100) : BrokerSettings
{
    internal const string UsualExchange = "eventcheckpoints";

    public override string Name => "rabbitmq/" + Exchange;

    /// <summary>Where it is, without the credentials.</summary>
    internal string Place => new System.Uri(Uri!) is var uri ? $"{uri.Host}:{(uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672)}" : "";

    /// <summary>amqp or amqps.</summary>
    internal string Scheme => new System.Uri(Uri!).Scheme;

    public override IBroker Open() => new RabbitMqBroker(this);

    internal ConnectionFactory Factory()
    {
        var factory = new ConnectionFactory { Uri = new System.Uri(Uri!) };
        // With an amqps URI the client would take a certificate for any other name, too.
        factory.Ssl.AcceptablePolicyErrors = SslPolicyErrors.None;
        return factory;
    }

    // A record's own would print the password.
    public override string ToString() => Name;

    protected override string? Wrong()
    {
        if (!System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0 || !IsUnderstood())
            return "uri has to read like amqps://USER:PASSWORD@HOST/VHOST, with %40 for an @ in the password and the like";
        // RabbitMQ keeps amq. for itself, and takes names of up to 255 bytes.
        if (Exchange.Length is 0 or > 200 || Exchange.StartsWith("amq.", StringComparison.Ordinal)) return "exchange has to be a name, of at most 200 characters and not one of the broker's own (amq.…)";
        return Window is < 1 or > Projections.FeedTip.PageSize ? $"window has to be from 1 to {Projections.FeedTip.PageSize}" : null;
    }

    /// <summary>By the client too, which says what it does not like together with the text.</summary>
    private bool IsUnderstood()
    {
        try
        {
            _ = Factory();
            return true;
        }
        catch (Exception odd) when (odd is ArgumentException or UriFormatException)
        {
            return false;
        }
    }
}
