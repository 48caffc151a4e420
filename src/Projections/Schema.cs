namespace EventCheckpoints.Projections;

/// <summary>Where everything of ours stands in a database, Marten's tables included.</summary>
public static class Schema
{
    public const string Name = "eventcheckpoints";

    /// <summary>The one tenant until tokens name others; tenant_id is in every key, so that tenants can be told apart, or moved out, later.</summary>
    public const string Tenant = "default";
}
