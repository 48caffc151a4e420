using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Web.Components;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/domains/{domain}/checkpoints/{name}: all there is to say of a checkpoint, and of every life that its name had.</summary>
internal static class OneCheckpointPage
{
    /// <param name="At">A version or a time; null or empty for now.</param>
    /// <param name="Xml">domain: with the domain inside; secrets: with its secrets too; else neither.</param>
    internal sealed record Query(string Domain, string Name, string? At = null, string? Xml = null);

    public static async Task<IResult> Show(IMediator mediator, HttpContext context, [AsParameters] Query query)
    {
        var at = string.IsNullOrWhiteSpace(query.At) ? null : query.At.Trim();
        var found = await mediator.FindAsync(context, query.Domain, new AsOfQuery(at));
        if (found.Refusal is { } refusal) return refusal.Page();
        var (domain, version) = found.Value;
        if (!MomentName.TryParse(query.Name, out var name)) return new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{query.Name}'").Page();
        var history = await mediator.Send(new ListHistory(domain.Id, name, NewestFirst: true, new Paging(Paging.DefaultLimit, null)), context.RequestAborted);
        var view = await mediator.Send(new GetCheckpoint(domain, name, version), context.RequestAborted);
        if (view.Refusal is { } none && history.Value.Items.Count == 0) return none.Page();
        if (query.Xml == "secrets" && !context.User.IsInRole(Access.Writer))
        {
            var denied = DomainsApi.SecureDenied("virDomainCheckpointGetXMLDesc");
            await context.RecordDenialAsync(denied);
            return denied.Page();
        }

        string? xml = null;
        IReadOnlyList<CheckpointItem> children = [];
        // One that is gone still has its lives.
        if (view.Refusal is null)
        {
            xml = (await mediator.Send(new GetCheckpointXml(domain, name, query.Xml is null, query.Xml == "secrets", version), context.RequestAborted)).Value;
            var below = await mediator.Send(new ListCheckpoints(domain.Id, new CheckpointFilter(From: name), new Paging(Paging.DefaultLimit, null), version), context.RequestAborted);
            children = below.Value.Page.Items;
        }

        await context.RecordReadAsync(domain.Id);
        return new PageResult<CheckpointBody>($"{name} of {domain.Name}", new()
        {
            [nameof(CheckpointBody.Domain)] = domain,
            [nameof(CheckpointBody.Name)] = name,
            [nameof(CheckpointBody.At)] = at,
            [nameof(CheckpointBody.View)] = view.Refusal is null ? view.Value : null,
            [nameof(CheckpointBody.Xml)] = xml,
            [nameof(CheckpointBody.Children)] = children,
            [nameof(CheckpointBody.History)] = history.Value.Items,
            [nameof(CheckpointBody.Viewer)] = Viewer.Of(context),
        });
    }
}
