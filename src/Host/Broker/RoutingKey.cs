using EventCheckpoints.Host.Events;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Broker;

/// <summary>
/// What consumers choose events by: WHAT.HAPPENED.DOMAIN, such as checkpoint.current-changed.6f1c…; always three words, so that checkpoint.#, *.deleted.* and *.*.DOMAIN say what they seem to.
/// The version of the type is none of them: a binding should not stop to match when an event gets a second version, which the message's type tells.
/// </summary>
internal static class RoutingKey
{
    private static readonly Dictionary<string, string> OfType = EventTypes.All.ToDictionary(type => type.Key, type => string.Join('.', type.Value.Split('.')[^3..^1]));

    /// <summary>The first two words of each there is.</summary>
    public static IEnumerable<string> Each => OfType.Values;

    public static string Of(FeedEvent happened) => $"{OfType[happened.Type]}.{happened.Domain}";
}
