using System.Text.Encodings.Web;
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
        // Only ever sent as application/json: nothing here is put into a page as it is, so '&' and 'é' may stand for themselves.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        return options;
    }
}
