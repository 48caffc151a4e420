using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Host.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>/asyncapi.json: well-formed by the rules of AsyncAPI 3.1.0, with every type there is and no other, and true of what is sent.</summary>
public sealed class AsyncApiTests
{
    /// <summary>The fields that each kind of object may have (AsyncAPI 3.1.0, "Schema"), those it has to have with an exclamation mark; x-… is allowed everywhere and not used.</summary>
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["document"] = "asyncapi! id info! servers defaultContentType channels operations components",
        ["info"] = "title! version! description termsOfService contact license tags externalDocs",
        ["server"] = "host! protocol! protocolVersion pathname description title summary variables security tags externalDocs bindings",
        ["variable"] = "enum default description examples",
        ["channel"] = "address messages title summary description servers parameters tags externalDocs bindings",
        ["parameter"] = "enum default description examples location",
        ["operation"] = "action! channel! title summary description security tags externalDocs bindings traits messages reply",
        ["message"] = "headers payload correlationId contentType name title summary description tags externalDocs bindings examples traits",
        ["components"] = "schemas servers channels operations messages securitySchemes serverVariables parameters correlationIds replies replyAddresses externalDocs tags operationTraits messageTraits serverBindings channelBindings operationBindings messageBindings",
        ["security"] = "type! description name in scheme! bearerFormat flows openIdConnectUrl scopes",
        ["http operation"] = "method query bindingVersion",
        ["amqp channel"] = "is exchange queue bindingVersion",
        ["amqp operation"] = "expiration userId cc priority deliveryMode mandatory bcc timestamp ack bindingVersion",
        ["exchange"] = "name type durable autoDelete vhost",
    };

    [Fact]
    public async Task It_is_well_formed()
    {
        await using var host = await TestHost.StartAsync();
        var document = (await host.SendAsync(HttpMethod.Get, "/asyncapi.json")).Body;
        Check("document", document);
        Assert.Equal("3.1.0", (string?)document["asyncapi"]);
        Check("info", document["info"]!);
        foreach (var (name, server) in Named(document["servers"]!))
        {
            Check("server", server);
            var variables = server["variables"] is { } given ? Named(given).ToArray() : [];
            Assert.All(variables, variable => Check("variable", variable.Value));
            Assert.Equal(Expressions((string)server["host"]!), variables.Select(variable => variable.Key));
        }

        foreach (var (_, channel) in Named(document["channels"]!))
        {
            Check("channel", channel);
            Assert.All(Named(channel["messages"]!), message => Assert.StartsWith("#/components/messages/", (string)message.Value["$ref"]!, StringComparison.Ordinal));
            Assert.All(channel["servers"]!.AsArray(), server => Assert.StartsWith("#/servers/", (string)server!["$ref"]!, StringComparison.Ordinal));
            var parameters = channel["parameters"] is { } given ? Named(given).ToArray() : [];
            Assert.All(parameters, parameter => Check("parameter", parameter.Value));
            Assert.Equal(Expressions((string?)channel["address"] ?? ""), parameters.Select(parameter => parameter.Key));
            if (channel["bindings"]?["amqp"] is not { } amqp) continue;
            Check("amqp channel", amqp);
            Check("exchange", amqp["exchange"]!);
        }

        foreach (var (_, operation) in Named(document["operations"]!))
        {
            Check("operation", operation);
            Assert.Equal("send", (string?)operation["action"]);
            Assert.StartsWith("#/channels/", (string)operation["channel"]!["$ref"]!, StringComparison.Ordinal);
            Assert.All(Named(operation["bindings"]!), binding => Check($"{binding.Key} operation", binding.Value));
        }

        Check("components", document["components"]!);
        foreach (var (_, message) in Named(document["components"]!["messages"]!)) Check("message", message);
        foreach (var (_, scheme) in Named(document["components"]!["securitySchemes"]!)) Check("security", scheme);
        Assert.All(References(document), reference => Assert.NotNull(JsonShape.Find(document, reference)));
    }

    [Fact]
    public async Task It_names_every_type_and_no_other_on_every_way()
    {
        await using var host = await TestHost.StartAsync();
        var document = (await host.SendAsync(HttpMethod.Get, "/asyncapi.json")).Body;
        string[] events = [.. EventTypes.All.Values.Order(StringComparer.Ordinal)];
        string[] Of(string channel) =>
            [.. Named(document["channels"]![channel]!["messages"]!).Select(message => (string)JsonShape.Find(document, (string)message.Value["$ref"]!)!["name"]!).Order(StringComparer.Ordinal)];
        Assert.Equal(events, Of("stream"));
        Assert.Equal(events, Of("exchange"));
        Assert.Equal(events.Append(EventTypes.Test).Order(StringComparer.Ordinal), Of("webhook"));
        Assert.Equal(events.Length + 1, document["components"]!["messages"]!.AsObject().Count);
        var words = EventTypes.All.Values.Select(type => type.Split('.')[^3..^1]).ToArray();
        Assert.Equal(words.Select(word => word[0]).Distinct(), document["channels"]!["exchange"]!["parameters"]!["what"]!["enum"]!.AsArray().Select(word => (string?)word));
        Assert.Equal(words.Select(word => word[1]).Distinct(), document["channels"]!["exchange"]!["parameters"]!["happened"]!["enum"]!.AsArray().Select(word => (string?)word));
    }

    [Fact]
    public async Task What_is_sent_is_as_it_says()
    {
        await using var host = await TestHost.StartAsync();
        var document = (await host.SendAsync(HttpMethod.Get, "/asyncapi.json")).Body;
        await host.DefineAsync("one");
        await FeedTests.CreateAsync(host, "one", "a");
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/checkpoints", TestHost.Xml($"<domaincheckpoint><name>b</name><description>{new string('d', 50_000)}</description></domaincheckpoint>"), ("X-Audit-Reason", "why"));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/bulk", TestHost.Xml("<checkpoints><domaincheckpoint><name>c</name><creationTime>5</creationTime></domaincheckpoint></checkpoints>"));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/holds", new StringContent("""{"id":"case-1","checkpoint":"b"}""", null, "application/json"), ("X-Audit-Reason", "why"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/one/holds/case-1", null, ("X-Audit-Reason", "why"));
        await host.SendAsync(HttpMethod.Post, "/v1/domains/one/rename", new StringContent("""{"name":"two"}""", null, "application/json"));
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/two/checkpoints/a");
        await host.SendAsync(HttpMethod.Delete, "/v1/domains/two?checkpoints-metadata=true");
        var sent = (await host.SendAsync(HttpMethod.Get, "/v1/events")).Body["items"]!.AsArray();
        Assert.InRange(sent.Select(item => (string?)item!["type"]).Distinct().Count(), 9, EventTypes.All.Count);
        foreach (var item in sent)
        {
            var message = document["components"]!["messages"]![((string)item!["type"]!)["io.eventcheckpoints.".Length..]]!;
            Assert.Empty(JsonShape.Faults(document, message["payload"]!, item));
        }

        // A schema that lets everything through would have let this through, too.
        var odd = sent[^1]!.DeepClone();
        (odd["sequence"], odd["surprise"]) = ("17", 1);
        Assert.Equal(["sequence: not ^\\d{20}$", "surprise: not described"], JsonShape.Faults(document, document["components"]!["messages"]!["domain.registered.v1"]!["payload"]!["allOf"]![0]!, odd));
    }

    [Fact]
    public async Task It_says_where_the_broker_is_without_its_credentials_and_to_those_who_may_know()
    {
        await using var host = await TestHost.StartAsync(options => options with
        {
            Tokens = [new AccessToken("robot", Access.Reader, "0123456789abcdef")],
            Broker = new RabbitMqSettings("amqps://someone:hunter2@mq.invalid/checkpoints", "vm"),
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(HttpMethod.Get, "/asyncapi.json")).Status);
        var document = (await host.SendAsync(HttpMethod.Get, "/asyncapi.json", null, ("Authorization", "Bearer 0123456789abcdef"))).Body;
        Assert.Equal(("amqps", "mq.invalid:5671"), ((string?)document["servers"]!["broker"]!["protocol"], (string?)document["servers"]!["broker"]!["variables"]!["address"]!["default"]));
        Assert.Equal("vm", (string?)document["channels"]!["exchange"]!["bindings"]!["amqp"]!["exchange"]!["name"]);
        Assert.DoesNotContain("hunter2", document.ToJsonString(), StringComparison.Ordinal);
    }

    private static void Check(string kind, JsonNode node)
    {
        var known = Fields[kind].Split(' ');
        Assert.All(node.AsObject(), field => Assert.Contains(field.Key, known.Select(name => name.TrimEnd('!'))));
        Assert.All(known.Where(name => name.EndsWith('!')), name => Assert.NotNull(node[name.TrimEnd('!')]));
    }

    /// <summary>Keys of maps are names of letters, digits, dots, hyphens and underscores.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode>> Named(JsonNode map) => map.AsObject().Select(entry =>
    {
        Assert.Matches(@"^[\w.-]+$", entry.Key);
        return KeyValuePair.Create(entry.Key, entry.Value!);
    });

    private static IEnumerable<string> Expressions(string address) => Regex.Matches(address, @"\{(\w+)\}").Select(match => match.Groups[1].Value);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => entry is { Key: "$ref", Value: JsonValue path } ? [(string)path!] : References(entry.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
