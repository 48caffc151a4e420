using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Events;

/// <summary>
/// Events as CloudEvents 1.0.2, thin: below 20 kB each, with a reference to the checkpoint's XML in place of it. What would make one larger is left out, and named in data.omitted.
/// </summary>
public static class CloudEvents
{
    /// <summary>What Standard Webhooks advise for a body, with room for the attributes.</summary>
    private const int MaxData = 16_000;

    /// <summary>Names of the fields, numbers and the domain's id.</summary>
    private const int Frame = 400;

    /// <summary>Relative to the server: with the id it is unique for each event.</summary>
    private static readonly Uri Source = new("/v1/events", UriKind.Relative);

    private static readonly JsonEventFormatter Formatter = new(Wire.Options, default);

    private static readonly CloudEventAttribute SequenceAttribute = CloudEventAttribute.CreateExtension("sequence", CloudEventAttributeType.String);
    private static readonly CloudEventAttribute PartitionKey = CloudEventAttribute.CreateExtension("partitionkey", CloudEventAttributeType.String);
    private static readonly CloudEventAttribute RecordedTime = CloudEventAttribute.CreateExtension("recordedtime", CloudEventAttributeType.Timestamp);
    private static readonly CloudEventAttribute DataRef = CloudEventAttribute.CreateExtension("dataref", CloudEventAttributeType.UriReference);
    private static readonly CloudEventAttribute TraceParent = CloudEventAttribute.CreateExtension("traceparent", CloudEventAttributeType.String);

    /// <summary>One event, application/cloudevents+json, in one line.</summary>
    public static ReadOnlyMemory<byte> Json(FeedEvent happened) => Formatter.EncodeStructuredModeMessage(Of(happened), out _);

    /// <summary>Many, application/cloudevents-batch+json.</summary>
    public static ReadOnlyMemory<byte> Batch(IEnumerable<FeedEvent> happened) => Formatter.EncodeBatchModeMessage(happened.Select(Of), out _);

    /// <summary>What a webhook is tried with: no event of any domain.</summary>
    public static ReadOnlyMemory<byte> Test(Guid id, Guid webhook, DateTimeOffset now) => Formatter.EncodeStructuredModeMessage(
        new CloudEvent(CloudEventsSpecVersion.V1_0)
        {
            Id = id.ToString(),
            Source = Source,
            Type = EventTypes.Test,
            Subject = webhook.ToString(),
            Time = now,
            DataContentType = "application/json",
            Data = JsonSerializer.SerializeToElement(new JsonObject { ["webhook"] = webhook.ToString() }, Wire.Options),
        },
        out _);

    private static CloudEvent Of(FeedEvent happened)
    {
        var cloud = new CloudEvent(CloudEventsSpecVersion.V1_0, [SequenceAttribute, PartitionKey, RecordedTime, DataRef, TraceParent])
        {
            Id = happened.Id.ToString(),
            Source = Source,
            Type = EventTypes.All[happened.Type],
            Subject = happened.Checkpoint ?? happened.DomainName ?? happened.Domain.ToString(),
            Time = happened.Occurred ?? happened.Recorded,
            DataContentType = "application/json",
            Data = Data(happened),
        };
        cloud[SequenceAttribute] = Sequence.Text(happened.Sequence);
        cloud[PartitionKey] = happened.Domain.ToString();
        cloud[RecordedTime] = happened.Recorded;
        if (Xml(happened) is { } xml) cloud[DataRef] = new Uri(xml, UriKind.Relative);
        // As W3C Trace Context writes it, where both ids are a trace's.
        if (happened is { Correlation: { Length: 32 } trace, Causation: { Length: 16 } span }) cloud[TraceParent] = $"00-{trace}-{span}-01";
        return cloud;
    }

    /// <summary>Where the checkpoint's XML is as of the event; of a deleted one, as it was before.</summary>
    private static string? Xml(FeedEvent happened)
    {
        long? then = happened.Type switch
        {
            "checkpoint_created" or "checkpoint_redefined" or "checkpoint_reparented" => happened.Version,
            "checkpoint_deleted" => happened.Version - 1,
            _ => null,
        };
        return then is { } version ? $"/v1/domains/{happened.Domain}/checkpoints/{Uri.EscapeDataString(happened.Checkpoint!)}?at={version}" : null;
    }

    private static EventData Data(FeedEvent happened)
    {
        var data = new EventData(
            new EventDomain(happened.Domain.ToString(), happened.DomainName), happened.Version, happened.Actor, happened.Source, happened.Reason, happened.Payload, null);
        if (IsSmall(data)) return data;
        var kept = JsonObject.Create(happened.Payload)!;
        var omitted = new List<string>();
        foreach (var field in (string[])["description", "disks", "name", "parent"])
        {
            if (!kept.Remove(field)) continue;
            omitted.Add(field);
            data = data with { Event = JsonSerializer.SerializeToElement(kept, Wire.Options), Omitted = omitted };
            if (IsSmall(data)) break;
        }

        return data;
    }

    private static bool IsSmall(EventData data) => MostBytes(data) <= MaxData || JsonSerializer.SerializeToUtf8Bytes(data, Wire.Options).Length <= MaxData;

    /// <summary>An escaped character takes six bytes, and no other one more: so the JSON has to be written, to find out, only where this is too much.</summary>
    private static int MostBytes(EventData data) =>
        Frame + (6 * (JsonMarshal.GetRawUtf8Value(data.Event).Length + (data.Domain.Name?.Length ?? 0) + (data.Actor?.Length ?? 0) + (data.Source?.Length ?? 0) + (data.Reason?.Length ?? 0)));

    private sealed record EventDomain(string Id, string? Name);

    /// <param name="Event">As it is stored, without what was omitted.</param>
    private sealed record EventData(
        EventDomain Domain, long Version, string? Actor, string? Source, string? Reason, JsonElement Event,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Omitted);
}
