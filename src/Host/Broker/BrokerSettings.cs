using System.Text.Json;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Broker;

/// <summary>Where a position that there is not yet begins.</summary>
public enum BrokerStart
{
    Start,
    Now,
}

/// <summary>A broker and what it gets, as a file says it. The kinds are the classes below this one, each with settings of its own.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RabbitMqSettings), "rabbitmq")]
public abstract record BrokerSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>Which position is its; another name begins anew.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    public BrokerFilter? Filter { get; init; }

    public BrokerStart From { get; init; }

    /// <summary>What no property is there for.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>What is published of the feed.</summary>
    [JsonIgnore]
    public FeedFilter Wanted => Filter?.Feed ?? new FeedFilter();

    /// <summary>Not connected yet.</summary>
    public abstract IBroker Open();

    /// <summary>What of its own is wrong, as the rest of a sentence that shows no credentials; null if nothing is.</summary>
    protected abstract string? Wrong();

    /// <exception cref="StartupException">The file cannot be read, or does not say what it should; the sentence shows no credentials.</exception>
    public static BrokerSettings Read(string path)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<BrokerSettings>(File.ReadAllText(path), Json) ?? throw new JsonException("There is nothing in it.");
            var wrong = settings.Unknown?.Keys.FirstOrDefault() is { } name ? $"there is no setting '{name}'" : settings.Filter?.Wrong() ?? settings.Wrong();
            return wrong is null ? settings : throw new StartupException($"{path}: {wrong}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{path}: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // What the parser says may show a piece of the file; where it stumbled is enough.
            var place = e is JsonException { Path: { Length: > 1 } at } ? $"{at[2..]} is not understood" : "that is not understood";
            throw new StartupException($$"""{{path}}: {{place}}: it has to be a JSON object such as {"kind":"rabbitmq","uri":"amqps://USER:PASSWORD@HOST/VHOST"}, and kind one of those there are (rabbitmq).""");
        }
    }
}

/// <summary>Which events; what is left out is not asked for.</summary>
/// <param name="Domain">A UUID: a name can come to mean another domain.</param>
/// <param name="Type">A pattern of CloudEvents types or stored names, such as *.deleted.v1 or checkpoint_*.</param>
public sealed record BrokerFilter(string? Domain = null, string? Type = null, string? Checkpoint = null, string? Actor = null, string? Source = null, string? Owner = null)
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }

    [JsonIgnore]
    internal FeedFilter Feed => new(DomainId.TryParse(Domain, out var domain) ? domain : null, Type is null ? null : EventTypes.Matching(Type), Checkpoint, Actor, Source, Owner);

    internal string? Wrong() =>
        Unknown?.Keys.FirstOrDefault() is { } name ? $"there is no filter '{name}'"
        : Domain is not null && !DomainId.TryParse(Domain, out _) ? "the filter's domain has to be a UUID"
        : Type is not null && EventTypes.Matching(Type).Count == 0 ? $"the filter's type '{Type}' matches none of {string.Join(", ", EventTypes.All.Values)}"
        : null;
}
