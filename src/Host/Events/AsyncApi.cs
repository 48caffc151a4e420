using System.Text.Json.Nodes;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Webhooks;

namespace EventCheckpoints.Host.Events;

/// <summary>What is sent to those who follow events, for machines: AsyncAPI 3.1.0, made from the table of event types. Requests stand in the OpenAPI document.</summary>
internal static class AsyncApi
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/asyncapi.json";

    /// <param name="request">Asked for the document, and so the address that this server is known by.</param>
    /// <param name="broker">Null where none is configured here: other hosts may have one.</param>
    public static JsonObject Document(HttpRequest request, RabbitMqSettings? broker)
    {
        var types = EventTypes.Each.ToDictionary(each => Key(each.Type), each => each.Event);
        return new JsonObject
        {
            ["asyncapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "EventCheckpoints",
                ["version"] = typeof(AsyncApi).Assembly.GetName().Version!.ToString(3),
                ["description"] = "Every change of libvirt domain checkpoints, in one order, at least once, as CloudEvents 1.0.2. Go on behind the last sequence; drop what is not above it.",
            },
            ["defaultContentType"] = WebhookSender.MediaType,
            ["servers"] = new JsonObject
            {
                ["here"] = new JsonObject { ["host"] = request.Host.Value, ["protocol"] = request.Scheme, ["description"] = "The server that was asked for this document." },
                ["receiver"] = Elsewhere("https", "Whoever a webhook was created for.", null),
                ["broker"] = Elsewhere(broker?.Scheme ?? "amqps", "RabbitMQ, as serve --broker names it; AMQP 0-9-1.", broker?.Place),
            },
            ["channels"] = new JsonObject
            {
                ["stream"] = Channel("here", "/v1/events/stream", "Server-Sent Events: id is the sequence, event the type, data the CloudEvent in one line. Last-Event-ID goes on.", types.Keys),
                ["webhook"] = Channel(
                    "receiver", null,
                    "POST by Standard Webhooks 1.0.0: webhook-id, webhook-timestamp and webhook-signature (v1, HMAC-SHA256). In order for each domain; answer 2xx within 20 seconds.",
                    types.Keys.Append(Key(EventTypes.Test))),
                ["exchange"] = Exchange(broker?.Exchange ?? RabbitMqSettings.UsualExchange, types.Keys),
            },
            ["operations"] = new JsonObject
            {
                ["stream"] = Send("stream", "http", new JsonObject { ["method"] = "GET", ["query"] = AsyncApiSchemas.StreamQuery(), ["bindingVersion"] = "0.3.0" }, "token"),
                ["deliver"] = Send("webhook", "http", new JsonObject { ["method"] = "POST", ["bindingVersion"] = "0.3.0" }, null),
                ["publish"] = Send("exchange", "amqp", new JsonObject { ["deliveryMode"] = 2, ["bindingVersion"] = "0.3.0" }, null),
            },
            ["components"] = new JsonObject
            {
                ["messages"] = new JsonObject(
                    types.Select(type => KeyValuePair.Create<string, JsonNode?>(type.Key, Message(type.Key, type.Value.Name))).Append(new(Key(EventTypes.Test), Message(Key(EventTypes.Test), null)))),
                ["schemas"] = AsyncApiSchemas.All(types.Values),
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "Where the server has tokens." } },
            },
        };
    }

    /// <summary>What a type is called within the document.</summary>
    private static string Key(string type) => type[EventTypes.Prefix.Length..];

    private static JsonObject Elsewhere(string protocol, string description, string? usual)
    {
        var variable = new JsonObject { ["description"] = description };
        if (usual is not null) variable["default"] = usual;
        return new JsonObject { ["host"] = "{address}", ["protocol"] = protocol, ["variables"] = new JsonObject { ["address"] = variable } };
    }

    private static JsonObject Channel(string server, string? address, string description, IEnumerable<string> messages) => new()
    {
        ["address"] = address,
        ["description"] = description,
        ["servers"] = new JsonArray(Ref($"servers/{server}")),
        ["messages"] = new JsonObject(messages.Select(message => KeyValuePair.Create<string, JsonNode?>(message, Ref($"components/messages/{message}")))),
    };

    private static JsonObject Exchange(string name, IEnumerable<string> messages)
    {
        var channel = Channel("broker", "{what}.{happened}.{domain}", "A topic exchange; the address is the routing key. CloudEvents in structured mode, message-id the event's id.", messages);
        string[] Words(int place) => [.. RoutingKey.Each.Select(key => key.Split('.')[place]).Distinct()];
        channel["parameters"] = new JsonObject
        {
            ["what"] = new JsonObject { ["enum"] = new JsonArray([.. Words(0)]) },
            ["happened"] = new JsonObject { ["enum"] = new JsonArray([.. Words(1)]) },
            ["domain"] = new JsonObject { ["description"] = "The domain's UUID." },
        };
        channel["bindings"] = new JsonObject
        {
            ["amqp"] = new JsonObject
            {
                ["is"] = "routingKey",
                ["exchange"] = new JsonObject { ["name"] = name, ["type"] = "topic", ["durable"] = true, ["autoDelete"] = false },
                ["bindingVersion"] = "0.3.0",
            },
        };
        return channel;
    }

    private static JsonObject Send(string channel, string protocol, JsonObject binding, string? security)
    {
        var operation = new JsonObject { ["action"] = "send", ["channel"] = Ref($"channels/{channel}"), ["bindings"] = new JsonObject { [protocol] = binding } };
        if (security is not null) operation["security"] = new JsonArray(Ref($"components/securitySchemes/{security}"));
        return operation;
    }

    /// <param name="schema">Of data.event; null: it is no event.</param>
    private static JsonObject Message(string key, string? schema) => new JsonObject
    {
        ["name"] = EventTypes.Prefix + key,
        ["contentType"] = WebhookSender.MediaType,
        ["payload"] = schema is null ? Ref("components/schemas/Test") : AsyncApiSchemas.Payload(EventTypes.Prefix + key, Ref($"components/schemas/{schema}")),
    };

    private static JsonObject Ref(string path) => new() { ["$ref"] = $"#/{path}" };
}
