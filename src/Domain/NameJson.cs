using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventCheckpoints.Domain;

/// <summary>Names, ids, hashes and modes as plain JSON strings, creation times as numbers: a record struct would be written {"Value":…}.</summary>
public static class NameJson
{
    public static IList<JsonConverter> Converters { get; } =
    [
        new Text<DomainId>(text => DomainId.TryParse(text, out var id) ? id : throw new JsonException($"not a UUID: {text}"), id => id.ToString()),
        new Text<DomainName>(text => DomainName.TryParse(text, out var name) ? name : throw new JsonException($"not a domain name: {text}"), name => name.Value),
        new Text<MomentName>(text => MomentName.TryParse(text, out var name) ? name : throw new JsonException($"not a checkpoint name: {text}"), name => name.Value),
        new Text<HoldId>(text => HoldId.TryParse(text, out var id) ? id : throw new JsonException($"not a hold's id: {text}"), id => id.Value),
        new Text<HostName>(text => HostName.TryParse(text, out var name) ? name : throw new JsonException($"not a host's name: {text}"), name => name.Value),
        new Text<Owner>(text => Owner.TryParse(text, out var owner) ? owner : throw new JsonException($"not an owner: {text}"), owner => owner.Value),
        new Text<DiskFault>(text => DiskFaults.TryParse(text, out var fault) ? fault : throw new JsonException($"not a disk's fault: {text}"), DiskFaults.Text),
        new Text<DefinitionHash>(DefinitionHash.Trusted, hash => hash.Value),
        new Seconds(),
        new Text<DiskMode>(
            text => text switch { "no" => DiskMode.No, "bitmap" => DiskMode.Bitmap, _ => throw new JsonException($"not a disk mode: {text}") },
            mode => mode == DiskMode.No ? "no" : "bitmap"),
    ];

    private sealed class Text<T>(Func<string, T> read, Func<T, string> write) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString() ?? "");
    }

    private sealed class Seconds : JsonConverter<CreationTime>
    {
        public override CreationTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, CreationTime value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Seconds);
    }
}
