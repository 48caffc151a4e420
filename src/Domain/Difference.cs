using System.Text.Json.Serialization;

namespace EventCheckpoints.Domain;

/// <summary>What something was and what it is.</summary>
public sealed record Change<T>(T Before, T After);

/// <summary>One thing in which two states of a domain differ.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(NameDiffers), "name")]
[JsonDerivedType(typeof(DefinitionDiffers), "definition")]
[JsonDerivedType(typeof(CheckpointMissingAfter), "deleted")]
[JsonDerivedType(typeof(CheckpointMissingBefore), "created")]
[JsonDerivedType(typeof(ParentDiffers), "reparented")]
[JsonDerivedType(typeof(ContentDiffers), "redefined")]
[JsonDerivedType(typeof(OrderDiffers), "reordered")]
[JsonDerivedType(typeof(CurrentDiffers), "current")]
[JsonDerivedType(typeof(HoldMissingAfter), "hold-released")]
[JsonDerivedType(typeof(HoldMissingBefore), "hold-placed")]
public abstract record Difference;

/// <summary>The domain was renamed; null stands for not being registered.</summary>
public sealed record NameDiffers(DomainName? Before, DomainName? After) : Difference;

/// <summary>The domain's own definition is another; null stands for none.</summary>
public sealed record DefinitionDiffers(DefinitionHash? Before, DefinitionHash? After) : Difference;

/// <summary>A checkpoint that is there no more.</summary>
public sealed record CheckpointMissingAfter(Checkpoint Checkpoint) : Difference;

/// <summary>A checkpoint that was not there before.</summary>
public sealed record CheckpointMissingBefore(Checkpoint Checkpoint) : Difference;

/// <summary>A checkpoint hangs under another parent; null is the metaroot.</summary>
public sealed record ParentDiffers(MomentName Name, MomentName? Before, MomentName? After) : Difference;

/// <summary>A checkpoint's metadata, field by field; a field that did not change is null, and left out of the JSON.</summary>
public sealed record ContentDiffers(MomentName Name) : Difference
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Change<string?>? Description { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Change<CreationTime>? CreationTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Change<IReadOnlyList<CheckpointDisk>>? Disks { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Change<DefinitionHash?>? Definition { get; init; }
}

/// <summary>
/// The children of a parent (the roots for null) stand in another order than newcomers first, in the order of the differences, and then those that
/// were there before: they were linked again, by a redefine or a delete and a create that left all else as it was.
/// </summary>
/// <param name="After">All of them, newest linked first.</param>
public sealed record OrderDiffers(MomentName? Parent, IReadOnlyList<MomentName> After) : Difference;

/// <summary>Another checkpoint is current; null stands for none.</summary>
public sealed record CurrentDiffers(MomentName? Before, MomentName? After) : Difference;

/// <summary>A legal hold that is active no more, or on something else; a checkpoint of null stands for the whole domain.</summary>
public sealed record HoldMissingAfter(HoldId Hold, MomentName? Checkpoint) : Difference;

/// <summary>A legal hold that was not active before, or on something else; a checkpoint of null stands for the whole domain.</summary>
public sealed record HoldMissingBefore(HoldId Hold, MomentName? Checkpoint) : Difference;
