using System.Reflection;
using Marten;

namespace EventCheckpoints.Host;

/// <summary>Who asks, through what and why: beside every event and audit record, in its headers.</summary>
/// <param name="Actor">Null for a caller who is not known, which only a denial can be of.</param>
/// <param name="Source">cli, api, web, sync or import; host for what a host records of itself.</param>
/// <param name="Occurred">When the source says it happened; the recorded time is the database's.</param>
/// <param name="Address">Of the caller, as the server sees it; null where there is none.</param>
/// <param name="Authentication">How the caller was known: token, loopback (no tokens are configured), or none.</param>
public sealed record Envelope(
    string? Actor, string Source, string? Reason, string Correlation, string? Causation, DateTimeOffset Occurred, string? Address = null, string? Authentication = null)
{
    /// <summary>This software, as each record names it: eventcheckpoints and its version.</summary>
    public static string Software { get; } =
        $"eventcheckpoints {typeof(Envelope).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"}";

    /// <summary>Puts it beside all that the session appends.</summary>
    internal void Stamp(IDocumentSession session)
    {
        session.CorrelationId = Correlation;
        session.CausationId = Causation;
        session.SetHeader("source", Source);
        session.SetHeader("occurred", Occurred);
        session.SetHeader("software", Software);
        if (Actor is not null) session.SetHeader("actor", Actor);
        if (Reason is not null) session.SetHeader("reason", Reason);
        if (Address is not null) session.SetHeader("address", Address);
        if (Authentication is not null) session.SetHeader("authentication", Authentication);
    }
}
