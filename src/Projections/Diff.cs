using EventCheckpoints.Domain;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>In what a domain differs between two points of its past.</summary>
/// <param name="Key">UUID or name of the domain, now or when it was last registered.</param>
/// <param name="From">A version (0 is before everything), a time, or a checkpoint's name for the version of the event that created it, last if more than once.</param>
/// <param name="To">As <paramref name="From"/>; null for now. It may be before it.</param>
/// <param name="By">Which time a time is: recorded (also null), or occurred.</param>
/// <param name="Secure">Compare definitions with their secrets.</param>
public sealed record GetDiff(string Key, string From, string? To, string? By, bool Secure) : IRequest<Result<DiffView>>;

/// <param name="From">The version that the differences lead from.</param>
/// <param name="To">The version that they lead to.</param>
/// <param name="Definitions">Each pair of definitions that a difference names, once.</param>
public sealed record DiffView(
    DomainId Domain, long From, long To, bool Same, IReadOnlyList<Difference> Differences, IReadOnlyList<DefinitionLines> Definitions);

public sealed class Diff(PastVersions versions, Forests forests, Definitions definitions) : IRequestHandler<GetDiff, Result<DiffView>>
{
    /// <summary>Pairs of definitions whose texts are compared; a redefine list may change thousands.</summary>
    private const int Pairs = 64;

    public async Task<Result<DiffView>> Handle(GetDiff request, CancellationToken cancellationToken)
    {
        if (AsOf.BadBy(request.By) is { } badBy) return badBy;
        if (await versions.DomainAsync(request.Key, null, cancellationToken) is not { } domain || (await forests.NowAsync(domain, cancellationToken)).Version is 0)
            return new Refusal(Rule.DomainNotFound, $"no domain was ever known by '{request.Key}'");
        var from = await Version(domain, request.From, request.By, cancellationToken);
        if (from.Refusal is { } badFrom) return badFrom;
        var to = request.To is null
            ? new VersionOf(domain, (await forests.NowAsync(domain, cancellationToken)).Version)
            : await Version(domain, request.To, request.By, cancellationToken);
        if (to.Refusal is { } badTo) return badTo;
        var before = await forests.StateAsync(domain, from.Value.Version, cancellationToken);
        var after = await forests.StateAsync(domain, to.Value.Version, cancellationToken);
        var differences = DomainDiff.Of(before, after);
        return new DiffView(domain, before.Version, after.Version, differences.Count == 0, differences, await Lines(domain, differences, request.Secure, cancellationToken));
    }

    private async Task<Result<VersionOf>> Version(DomainId domain, string text, string? by, CancellationToken cancellation)
    {
        var at = AsOf.Of(text, text.All(char.IsAsciiDigit) ? null : by);
        if (at.Refusal is null) return await versions.VersionAsync(domain, at.Value, cancellation);
        if (!MomentName.TryParse(text, out var name)) return at.Refusal;
        return await versions.CreatedAsync(domain, name, cancellation) is { } version
            ? new VersionOf(domain, version)
            : new Refusal(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}' at any time");
    }

    private async Task<IReadOnlyList<DefinitionLines>> Lines(DomainId domain, IReadOnlyList<Difference> differences, bool secure, CancellationToken cancellation)
    {
        var pairs = differences.Select(Pair).OfType<(DefinitionHash Before, DefinitionHash After)>().Distinct().Take(Pairs).ToArray();
        if (pairs.Length == 0) return [];
        var texts = await definitions.TextsAsync(domain, [.. pairs.SelectMany(pair => (DefinitionHash[])[pair.Before, pair.After]).Distinct()], cancellation);
        var diff = new LineDiff(secure);
        return [.. pairs.Select(pair => diff.Of(pair.Before, pair.After, texts))];
    }

    private static (DefinitionHash, DefinitionHash)? Pair(Difference difference) => difference switch
    {
        DefinitionDiffers { Before: { } before, After: { } after } => (before, after),
        ContentDiffers { Definition: { Before: { } before, After: { } after } } => (before, after),
        _ => null,
    };
}
