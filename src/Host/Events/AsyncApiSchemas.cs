using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Events;

/// <summary>What is in a message, as JSON Schema (draft 7, which AsyncAPI's own schema object is): the CloudEvent, and each event as it is stored.</summary>
internal static class AsyncApiSchemas
{
    private static readonly JsonSerializerOptions Stored = new(Store.EventJson) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static JsonObject All(IEnumerable<Type> events) => new(
        events.Select(type => KeyValuePair.Create<string, JsonNode?>(type.Name, Event(type))).Append(new("CloudEvent", CloudEvent())).Append(new("Test", Test())));

    /// <summary>A CloudEvent of one type.</summary>
    /// <param name="happened">The schema of data.event.</param>
    public static JsonObject Payload(string type, JsonObject happened) => new()
    {
        ["allOf"] = new JsonArray(
            new JsonObject { ["$ref"] = "#/components/schemas/CloudEvent" },
            Object(("type", new JsonObject { ["const"] = type }), ("data", Object(("event", happened))))),
    };

    public static JsonObject StreamQuery() => Object(
        ("domain", Text("A UUID or a name.")), ("type", Text("A pattern of types, such as *.deleted.v1.")), ("checkpoint", Text("A pattern of checkpoint names.")), ("actor", Text()), ("source", Text()), ("owner", Text("Of checkpoints that this tool or person answered for then.")),
        ("from", Text("start, now (the default), or a time: recorded then or later.")), ("after", Text("The sequence of the last event that is known.")));

    /// <summary>Exactly what the store writes, without the text of a definition; large fields may be left out, and are named in data.omitted.</summary>
    private static JsonObject Event(Type type)
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, schema) =>
            {
                // Absent where it is null, and where it was too large.
                (schema as JsonObject)?.Remove("required");
                return Plain(context.TypeInfo.Type) ?? schema;
            },
        };
        var schema = (JsonObject)Stored.GetJsonSchemaAsNode(type, options);
        (schema["properties"] as JsonObject)?.Remove("xml");
        schema["type"] = "object";
        return schema;
    }

    /// <summary>What has a converter of its own (NameJson).</summary>
    private static JsonObject? Plain(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(CreationTime)) return new JsonObject { ["type"] = "integer", ["description"] = "Seconds since 1970." };
        if (plain == typeof(DiskMode)) return new JsonObject { ["enum"] = new JsonArray("no", "bitmap") };
        return plain.IsValueType && plain.Assembly == typeof(DomainEvent).Assembly ? Text() : null;
    }

    private static JsonObject CloudEvent()
    {
        var schema = Object(
            ("specversion", new JsonObject { ["const"] = "1.0" }), ("id", Formatted("uuid")), ("source", new JsonObject { ["const"] = "/v1/events" }), ("type", Text()), ("subject", Text("The checkpoint, or the domain.")),
            ("time", Formatted("date-time")), ("recordedtime", Formatted("date-time")), ("datacontenttype", new JsonObject { ["const"] = "application/json" }),
            ("sequence", new JsonObject { ["type"] = "string", ["pattern"] = @"^\d{20}$", ["description"] = "The position; sorts as text." }),
            ("partitionkey", Formatted("uuid")), ("dataref", Formatted("uri-reference")), ("traceparent", Text("W3C Trace Context.")),
            ("data", Object(
                ("domain", Object(("id", Formatted("uuid")), ("name", Absent()))), ("version", new JsonObject { ["type"] = "integer" }),
                ("actor", Absent()), ("source", Absent()), ("reason", Absent()), ("event", new JsonObject { ["type"] = "object" }),
                ("omitted", new JsonObject { ["type"] = "array", ["items"] = Text() }))));
        schema["required"] = new JsonArray("specversion", "id", "source", "type", "subject", "time", "recordedtime", "datacontenttype", "sequence", "partitionkey", "data");
        return schema;
    }

    private static JsonObject Test()
    {
        var schema = Object(
            ("specversion", new JsonObject { ["const"] = "1.0" }), ("id", Formatted("uuid")), ("source", new JsonObject { ["const"] = "/v1/events" }), ("type", new JsonObject { ["const"] = EventTypes.Test }),
            ("subject", Formatted("uuid")), ("time", Formatted("date-time")), ("datacontenttype", new JsonObject { ["const"] = "application/json" }), ("data", Object(("webhook", Formatted("uuid")))));
        schema["required"] = new JsonArray("specversion", "id", "source", "type");
        return schema;
    }

    private static JsonObject Object(params (string Name, JsonNode Schema)[] properties) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create<string, JsonNode?>(property.Name, property.Schema))),
    };

    private static JsonObject Text(string? description = null)
    {
        var text = new JsonObject { ["type"] = "string" };
        if (description is not null) text["description"] = description;
        return text;
    }

    private static JsonObject Formatted(string format) => new() { ["type"] = "string", ["format"] = format };

    /// <summary>A text, or null.</summary>
    private static JsonObject Absent() => new() { ["type"] = new JsonArray("string", "null") };
}
