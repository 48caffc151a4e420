using EventCheckpoints.Domain;

namespace EventCheckpoints.Projections;

/// <summary>A state that a checkpoint enters in a batch.</summary>
/// <param name="From">The version of the event that made it.</param>
/// <param name="To">The version of the event that ended it, if that is in the batch too.</param>
/// <param name="Content">All of it; null where only the parent differs from the row before the batch.</param>
/// <param name="Began">The version of the event that began this life in the batch. Unless <paramref name="IsNewLife"/>, a row before the batch has the life's beginning, if there is one.</param>
internal sealed record EnteredState(MomentName Name, long From, long? To, MomentName? Parent, Checkpoint? Content, DateTimeOffset? Recorded, long Began, bool IsNewLife);

/// <summary>A hold that a batch places.</summary>
/// <param name="Checkpoint">Null for the whole domain.</param>
/// <param name="To">The version of its release, if that is in the batch too.</param>
internal sealed record PlacedHold(HoldId Hold, MomentName? Checkpoint, long From, long? To, DateTimeOffset? Recorded);

/// <summary>What the batch has said of the domain itself up to the end of a transaction; what it has not said is as before the batch.</summary>
/// <param name="Version">Of the transaction's last event.</param>
internal sealed record EnteredDomainState(
    long Version, DomainName? Name, bool? Registered, bool DefinitionSaid, DefinitionHash? Definition, bool CurrentSaid, MomentName? Current,
    DateTimeOffset? Recorded, DateTimeOffset? Occurred);
