using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EventCheckpoints.Host.Tests.Events;

/// <summary>So much of JSON Schema as the descriptions of events use; what they do not describe is a fault here, too.</summary>
internal static class JsonShape
{
    /// <summary>What a local reference (#/a/b) leads to.</summary>
    public static JsonNode? Find(JsonNode document, string reference) => reference[2..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]);

    /// <summary>Each as "where: what".</summary>
    public static IEnumerable<string> Faults(JsonNode document, JsonNode schema, JsonNode? value) => Faults(document, [schema], value, "");

    private static IEnumerable<string> Faults(JsonNode document, IReadOnlyList<JsonNode> schemas, JsonNode? value, string place)
    {
        var all = schemas.SelectMany(schema => Parts(document, schema)).ToArray();
        var faults = all.Select(schema => Fault(schema, value)).OfType<string>().Select(fault => $"{place}: {fault}");
        return value switch
        {
            JsonObject map => faults
                .Concat(map.Where(entry => all.Any(schema => schema["properties"] is not null)).SelectMany(entry =>
                {
                    var (at, known) = (place.Length == 0 ? entry.Key : $"{place}.{entry.Key}", all.Select(schema => schema["properties"]?[entry.Key]).OfType<JsonNode>().ToArray());
                    return known.Length == 0 ? [$"{at}: not described"] : Faults(document, known, entry.Value, at);
                }))
                .Concat(all.SelectMany(schema => schema["required"]?.AsArray() ?? []).Where(name => !map.ContainsKey((string)name!)).Select(name => $"{place}.{name}: missing")),
            JsonArray list => faults.Concat(list.SelectMany(item => Faults(document, [.. all.Select(schema => schema["items"]).OfType<JsonNode>()], item, place + "[]"))),
            _ => faults,
        };
    }

    private static IEnumerable<JsonNode> Parts(JsonNode document, JsonNode schema) =>
        schema["$ref"] is { } reference ? Parts(document, Find(document, (string)reference!)!)
        : schema["allOf"] is JsonArray all ? all.SelectMany(part => Parts(document, part!))
        : [schema];

    private static string? Fault(JsonNode schema, JsonNode? value)
    {
        if (schema["const"] is { } wanted && !JsonNode.DeepEquals(wanted, value)) return $"not {wanted}";
        if (schema["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value))) return "none of the choices";
        if (schema["pattern"] is { } pattern && !Regex.IsMatch((string)value!, (string)pattern!)) return $"not {pattern}";
        if (schema["type"] is not { } type) return null;
        var kind = value?.GetValueKind() switch
        {
            null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "integer",
            _ => "boolean",
        };
        return (type is JsonArray types ? types.Select(one => (string?)one) : [(string?)type]).Contains(kind) ? null : $"{kind}, not {type.ToJsonString()}";
    }
}
