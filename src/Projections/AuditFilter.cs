using System.IO.Enumeration;
using EventCheckpoints.Domain;
using Npgsql;

namespace EventCheckpoints.Projections;

/// <summary>Which events of all domains; null asks for nothing. Patterns know * (any text) and ? (any one character).</summary>
/// <param name="Type">A pattern of stored names, such as checkpoint_deleted or *_deleted.</param>
/// <param name="Checkpoint">A pattern of checkpoint names.</param>
/// <param name="From">Recorded at this time or later.</param>
/// <param name="To">Recorded before this time.</param>
/// <param name="Outcome">One of <see cref="Outcomes"/>.</param>
/// <param name="Owner">Of checkpoints that this tool or person answered for then.</param>
public sealed record AuditFilter(
    string? Actor = null,
    string? Type = null,
    DomainId? Domain = null,
    string? Checkpoint = null,
    string? Source = null,
    string? Correlation = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string? Outcome = null,
    string? Owner = null)
{
    /// <summary>The conditions on rows of mt_events, numbered on from the parameters there are; those of the filter are added.</summary>
    internal string Where(IEnumerable<string> types, List<NpgsqlParameter> parameters)
    {
        var conditions = new List<string> { EventRows.NotTombstone };
        void Add(string condition, object? value)
        {
            if (value is null) return;
            parameters.Add(new NpgsqlParameter { Value = value });
            conditions.Add(condition.Replace("?", $"${parameters.Count}", StringComparison.Ordinal));
        }

        Add("e.headers->>'actor' = ?", Actor);
        // The second has an index of its own (migration 0007).
        if (Domain is { } domain)
        {
            parameters.Add(new NpgsqlParameter { Value = domain.ToString() });
            Add($"(e.stream_id = ? or e.data->>'domain' = ${parameters.Count})", domain.Value);
        }

        Add("e.headers->>'source' = ?", Source);
        Add("e.correlation_id = ?", Correlation);
        Add("e.timestamp >= ?", From?.ToUniversalTime());
        Add("e.timestamp < ?", To?.ToUniversalTime());
        Add("e.type = any (?)", Type is null ? null : types.Where(IsOfType).ToArray());
        Add($"({EventRows.AboutCheckpoint} and e.data->>'name' like ? or e.data->>'checkpoint' like ?)", Checkpoint is null ? null : Like(Checkpoint));
        // What made a checkpoint was appended before what says whose it is, in one transaction, which has one time. The last event of an owner's is the one that ends it.
        Add(
            $"""
            ({EventRows.AboutCheckpoint} and exists (
                select from {Schema.Name}.checkpoint_marks m
                where m.tenant_id = e.tenant_id and m.domain_id = e.stream_id and m.checkpoint = e.data->>'name' and m.mark = '{Marks.Owner}' and m.value = to_jsonb(?::text)
                    and (m.to_version is null or m.to_version >= e.version)
                    and (m.from_version <= e.version or e.timestamp = (
                        select o.timestamp from {Schema.Name}.mt_events o where o.tenant_id = m.tenant_id and o.stream_id = m.domain_id and o.version = m.from_version))))
            """,
            Owner);
        Add("e.type = any (?)", Outcome is null ? null : types.Where(type => Outcomes.Of(type) == Outcome).ToArray());
        return string.Join(" and ", conditions);
    }

    /// <summary>Whether the filter lets a stored name through.</summary>
    public bool IsOfType(string name) => Type is null || FileSystemName.MatchesSimpleExpression(Type, name, ignoreCase: false);

    private static string Like(string pattern) => pattern
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
        .Replace('*', '%').Replace('?', '_');
}

/// <summary>How what a record tells of ended: done, refused by a rule, or denied to the caller.</summary>
public static class Outcomes
{
    public const string Success = "success";
    public const string Refused = "refused";
    public const string Denied = "denied";

    /// <param name="type">The stored name of an event or audit record.</param>
    public static string Of(string type) => type switch
    {
        "command_refused" => Refused,
        "access_denied" => Denied,
        _ => Success,
    };
}
