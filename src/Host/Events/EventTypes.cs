using System.IO.Enumeration;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host.Events;

/// <summary>The CloudEvents type of each stored name. A type is never changed: an event that means something else gets another version.</summary>
public static class EventTypes
{
    public const string Prefix = "io.eventcheckpoints.";

    /// <summary>Of what a webhook is tried with.</summary>
    public const string Test = Prefix + "webhook.test.v1";

    private static readonly Dictionary<Type, string> OfEvent = new()
    {
        [typeof(DomainRegistered)] = "domain.registered.v1",
        [typeof(DefinitionRecorded)] = "definition.recorded.v1",
        [typeof(DomainDefined)] = "domain.defined.v1",
        [typeof(DomainRenamed)] = "domain.renamed.v1",
        [typeof(CheckpointCreated)] = "checkpoint.created.v1",
        [typeof(CheckpointRedefined)] = "checkpoint.redefined.v1",
        [typeof(CheckpointReparented)] = "checkpoint.reparented.v1",
        [typeof(CheckpointDeleted)] = "checkpoint.deleted.v1",
        [typeof(CurrentCheckpointChanged)] = "checkpoint.current-changed.v1",
        [typeof(HoldPlaced)] = "hold.placed.v1",
        [typeof(HoldReleased)] = "hold.released.v1",
        [typeof(DomainUndefined)] = "domain.undefined.v1",
        [typeof(DomainHostChanged)] = "domain.host-changed.v1",
        [typeof(DomainDisksSeen)] = "domain.disks-seen.v1",
        [typeof(CheckpointLost)] = "checkpoint.lost.v1",
        [typeof(CheckpointFound)] = "checkpoint.found.v1",
        [typeof(CheckpointDiskInvalidated)] = "checkpoint.disk-invalidated.v1",
        [typeof(CheckpointDiskValidated)] = "checkpoint.disk-validated.v1",
        [typeof(CheckpointOwnerChanged)] = "checkpoint.owner-changed.v1",
    };

    /// <summary>Each event that can be followed, with its CloudEvents type.</summary>
    public static IEnumerable<(Type Event, string Type)> Each => OfEvent.Select(of => (of.Key, Prefix + of.Value));

    /// <summary>From stored name to CloudEvents type, of all that can be followed.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = OfEvent.ToDictionary(of => Store.EventNames[of.Key], of => Prefix + of.Value);

    /// <summary>The stored names of those whose stored name or CloudEvents type matches a pattern with * and ?.</summary>
    public static IReadOnlyList<string> Matching(string pattern) => [.. All.Where(type => Matches(pattern, type.Key) || Matches(pattern, type.Value)).Select(type => type.Key)];

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
