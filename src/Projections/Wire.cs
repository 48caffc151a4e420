using System.Text.Json;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>How views are written over HTTP and read by the command line: camelCase, names as strings, nulls written.</summary>
public static class Wire
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        foreach (var converter in NameJson.Converters) options.Converters.Add(converter);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        return options;
    }
}
