using EventCheckpoints.Domain;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>A domain as it was, registered under whatever name it had then; its version is the one that this is of.</summary>
/// <param name="Key">A UUID or a name: <see cref="PastVersions.DomainAsync"/> says whose.</param>
public sealed record FindDomainThen(string Key, AsOf At) : IRequest<Result<DomainSummary>>;

public sealed class DomainThen(PastVersions versions, Forests forests) : IRequestHandler<FindDomainThen, Result<DomainSummary>>
{
    public async Task<Result<DomainSummary>> Handle(FindDomainThen request, CancellationToken cancellationToken)
    {
        var (key, at) = request;
        if (await versions.DomainAsync(key, at, cancellationToken) is not { } domain)
            return new Refusal(Rule.DomainNotFound, $"no domain was ever called '{key}'");
        var found = await versions.VersionAsync(domain, at, cancellationToken);
        if (found.Refusal is { } toCome) return toCome;
        var state = await forests.StateAsync(domain, found.Value.Version, cancellationToken);
        // It is registered and defined in one transaction, of whose middle nothing can be shown.
        return state is { Name: { } name, Definition: { } definition }
            ? new DomainSummary(
                domain, name, state.Version, state.Forest.Count, state.Current, definition, (await versions.RecordedAsync(found.Value, cancellationToken))!.Value,
                state.Holds.Count, state.Host, state.Marks.Values.Count(marks => marks.Lost is not null), state.Marks.Values.Count(marks => !marks.Faults.IsEmpty))
            : new Refusal(Rule.DomainNotThen, await Sentence(domain, key, at, cancellationToken));
    }

    private async Task<string> Sentence(DomainId domain, string key, AsOf at, CancellationToken cancellation)
    {
        var when = at.Version is null ? $"at {at.Text}" : $"at version {at.Text}";
        var since = await versions.RecordedAsync(new VersionOf(domain, 1), cancellation);
        return since is { } first
            ? $"domain '{key}' was not registered {when}; it is known since {first:yyyy-MM-ddTHH:mm:ss.ffffffZ}"
            : $"no domain with uuid '{key}' was ever known";
    }
}
