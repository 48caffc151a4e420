using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>What the store has of a domain, for what compares it with a host.</summary>
internal static class StoredCheckpoints
{
    /// <summary>All of one version, so that nothing can change in between; parents first. Null, with the error printed, where the server does not answer.</summary>
    public static async Task<IReadOnlyList<(MomentName Name, string Xml)>?> ReadAsync(Invocation call, DomainSummary domain, bool withoutDomain)
    {
        var path = $"v1/domains/{domain.Id}/checkpoints";
        if (!call.Got(await call.Api.GetAll<CheckpointItem>($"{path}?topological=true&at={domain.Version}"), out var items)) return null;
        var read = new List<(MomentName, string)>();
        foreach (var item in items)
        {
            if (!call.Got(await call.Api.GetXml($"{path}/{item.Name}?security-info=true&at={domain.Version}{(withoutDomain ? "&no-domain=true" : "")}"), out var xml)) return null;
            read.Add((item.Name, xml));
        }

        return read;
    }
}
