using System.Text.Json;
using System.Text.Json.Nodes;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>What an event changed, field by field.</summary>
internal static class FieldChanges
{
    private static readonly string[] OfTheDomain = ["name", "definition", "current"];

    /// <summary>Whether an event can have found what it found before it; else it was tampered with.</summary>
    public static bool Fits(DomainEvent happened, Checkpoint? before) => happened is not CheckpointReparented || before is not null;

    /// <param name="before">The checkpoint's state that the event ended; null where it ended none.</param>
    /// <param name="values">The domain's fields that it changed, each with the values before and after.</param>
    /// <exception cref="InvalidOperationException">An event that this version of the software does not know.</exception>
    public static IReadOnlyList<FieldChange> Of(DomainEvent happened, Checkpoint? before, IReadOnlyDictionary<string, string?[]> values)
    {
        IEnumerable<FieldChange> ofCheckpoint = happened switch
        {
            CheckpointCreated e => Between(before, new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition)),
            CheckpointRedefined e => Between(before, new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition)),
            CheckpointReparented e => Between(before, before! with { Parent = e.Parent }),
            CheckpointDeleted => Between(before, null),
            DefinitionRecorded e => [new FieldChange("recordedDefinition", null, e.Hash.Value)],
            HoldPlaced e => [new FieldChange("hold", null, e.Hold.Value)],
            HoldReleased e => [new FieldChange("hold", e.Hold.Value, null)],
            DomainRegistered or DomainRenamed or DomainDefined or DomainUndefined or CurrentCheckpointChanged => [],
            _ => throw new InvalidOperationException($"event of unknown type {happened.GetType().Name}"),
        };
        return [.. ofCheckpoint, .. OfTheDomain.Where(values.ContainsKey).Select(field => new FieldChange(field, values[field][0], values[field][1]))];
    }

    private static IEnumerable<FieldChange> Between(Checkpoint? before, Checkpoint? after)
    {
        (string Field, Func<Checkpoint, object?> Value)[] fields =
        [
            ("parent", checkpoint => checkpoint.Parent),
            ("description", checkpoint => checkpoint.Description),
            ("creationTime", checkpoint => checkpoint.CreationTime),
            ("disks", checkpoint => checkpoint.Disks),
            ("definition", checkpoint => checkpoint.Definition),
        ];
        foreach (var (field, value) in fields)
        {
            var (was, becomes) = (Node(before, value), Node(after, value));
            if (!JsonNode.DeepEquals(was, becomes)) yield return new FieldChange(field, was, becomes);
        }
    }

    private static JsonNode? Node(Checkpoint? checkpoint, Func<Checkpoint, object?> value) =>
        checkpoint is null ? null : JsonSerializer.SerializeToNode(value(checkpoint), Wire.Options);
}
