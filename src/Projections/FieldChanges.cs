using System.Text.Json;
using System.Text.Json.Nodes;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>What an event changed, field by field.</summary>
internal static class FieldChanges
{
    private static readonly string[] OfTheDomain = ["name", "definition", "current", "host", "hostDisks"];

    private static readonly (string Name, Func<Checkpoint, object?> Value)[] OfCheckpoint =
    [
        ("parent", checkpoint => checkpoint.Parent),
        ("description", checkpoint => checkpoint.Description),
        ("creationTime", checkpoint => checkpoint.CreationTime),
        ("disks", checkpoint => checkpoint.Disks),
        ("definition", checkpoint => checkpoint.Definition),
    ];

    /// <summary>Whether an event can have found what it found before it; else it was tampered with.</summary>
    public static bool Fits(DomainEvent happened, Checkpoint? before) => happened is not CheckpointReparented || before is not null;

    /// <param name="before">The checkpoint's state that the event ended; null where it ended none.</param>
    /// <param name="values">The domain's fields that it changed, each with the values before and after.</param>
    /// <exception cref="InvalidOperationException">An event that this version of the software does not know.</exception>
    public static IReadOnlyList<FieldChange> Of(DomainEvent happened, Checkpoint? before, IReadOnlyDictionary<string, string?[]> values)
    {
        IEnumerable<FieldChange> ofCheckpoint = happened switch
        {
            CheckpointCreated or CheckpointRedefined => Between(before, Stated(happened)),
            CheckpointReparented e => Between(before, before! with { Parent = e.Parent }),
            CheckpointDeleted => Between(before, null),
            DefinitionRecorded e => [new FieldChange("recordedDefinition", null, e.Hash.Value)],
            HoldPlaced e => [new FieldChange("hold", null, e.Hold.Value)],
            HoldReleased e => [new FieldChange("hold", e.Hold.Value, null)],
            CheckpointLost => [new FieldChange("lost", null, true)],
            CheckpointFound => [new FieldChange("lost", true, null)],
            CheckpointDiskInvalidated e => [new FieldChange("invalid", null, Marks.Fault(e.Disk, e.Fault))],
            CheckpointDiskValidated e => [new FieldChange("invalid", Marks.Fault(e.Disk, e.Fault), null)],
            CheckpointOwnerChanged e => [new FieldChange("owner", e.From?.Value, e.To?.Value)],
            DomainRegistered or DomainRenamed or DomainDefined or DomainUndefined or CurrentCheckpointChanged or DomainHostChanged or DomainDisksSeen => [],
            _ => throw new InvalidOperationException($"event of unknown type {happened.GetType().Name}"),
        };
        // An undefine ends what was seen on a host, which may be nothing.
        return [.. ofCheckpoint, .. OfTheDomain.Where(field => values.TryGetValue(field, out var value) && value[0] != value[1]).Select(field => new FieldChange(field, values[field][0], values[field][1]))];
    }

    /// <summary>
    /// Whether changes can be those of an event, as far as the event alone says: what each field became, and of a created checkpoint that none is left out. What
    /// the fields were before, earlier events say.
    /// </summary>
    public static bool Follow(DomainEvent happened, IReadOnlyList<FieldChange> changes)
    {
        // What became current when another one went is its parent.
        var parent = changes.FirstOrDefault(change => change.Field == "parent")?.Before;
        (string Field, JsonNode? After)[]? becomes = happened switch
        {
            CheckpointCreated or CheckpointRedefined => [.. OfCheckpoint.Select(field => (field.Name, Node(Stated(happened), field.Value))), ("current", Node(Stated(happened), stated => stated.Name))],
            CheckpointReparented e => [("parent", e.Parent?.Value)],
            CheckpointDeleted => [.. OfCheckpoint.Select(field => (field.Name, (JsonNode?)null)), ("current", parent)],
            DefinitionRecorded e => [("recordedDefinition", e.Hash.Value)],
            HoldPlaced e => [("hold", e.Hold.Value)],
            DomainRegistered e => [("name", e.Name.Value)],
            DomainRenamed e => [("name", e.Name.Value)],
            DomainDefined e => [("definition", e.Definition.Value)],
            CurrentCheckpointChanged e => [("current", e.Name?.Value)],
            HoldReleased => [("hold", null)],
            DomainHostChanged e => [("host", e.Host?.Value)],
            DomainDisksSeen e => [("hostDisks", JsonSerializer.Serialize(e.Disks, Wire.Options))],
            CheckpointLost => [("lost", true)],
            CheckpointFound => [("lost", null)],
            CheckpointDiskInvalidated e => [("invalid", Marks.Fault(e.Disk, e.Fault))],
            CheckpointDiskValidated => [("invalid", null)],
            CheckpointOwnerChanged e => [("owner", e.To?.Value)],
            DomainUndefined => [("name", null), ("definition", null), ("current", null), ("host", null), ("hostDisks", null)],
            // Of what is not listed the event alone does not say what became of which field.
            _ => null,
        };
        return becomes is null
            || (changes.All(change => becomes.Any(field => field.Field == change.Field && JsonNode.DeepEquals(field.After, change.After)))
                && (happened is not CheckpointCreated || Between(null, Stated(happened)).All(made => changes.Any(change => change.Field == made.Field))));
    }

    private static Checkpoint? Stated(DomainEvent happened) => happened switch
    {
        CheckpointCreated e => new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition),
        CheckpointRedefined e => new Checkpoint(e.Name, e.Description, e.Parent, e.CreationTime, e.Disks, e.Definition),
        _ => null,
    };

    private static IEnumerable<FieldChange> Between(Checkpoint? before, Checkpoint? after)
    {
        foreach (var (field, value) in OfCheckpoint)
        {
            var (was, becomes) = (Node(before, value), Node(after, value));
            if (!JsonNode.DeepEquals(was, becomes)) yield return new FieldChange(field, was, becomes);
        }
    }

    private static JsonNode? Node(Checkpoint? checkpoint, Func<Checkpoint, object?> value) =>
        checkpoint is null ? null : JsonSerializer.SerializeToNode(value(checkpoint), Wire.Options);
}
