using System.Runtime.CompilerServices;
using System.Text;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>
/// A domain with all its checkpoints in one document (VIR_DOMAIN_XML_CHECKPOINTS, as proposed in 2019): parents before children, siblings by creation
/// time, so that it depends on nothing but the content.
/// </summary>
/// <param name="At">The version that it is of; null for now.</param>
/// <param name="NoDomain">Leave out the <c>&lt;domain&gt;</c> of each checkpoint; the surrounding one stays.</param>
public sealed record GetBulkXml(DomainSummary Domain, bool NoDomain, bool Secure, long? At = null) : IRequest<BulkDocument>;

/// <summary>The text, in pieces as they come, each good until the next is asked for, and the domain's version that it is of.</summary>
public sealed record BulkDocument(long Version, IAsyncEnumerable<ReadOnlyMemory<char>> Pieces);

/// <summary>
/// Memory does not grow with the document: the forest is held, the definitions, which make its size, pass through.
/// </summary>
public sealed class BulkXml(Forests forests, Definitions definitions) : IRequestHandler<GetBulkXml, BulkDocument>
{
    /// <summary>Definitions are fetched for this many checkpoints at once; with the largest there are (some MB) that is still little.</summary>
    private const int Together = 32;

    public async Task<BulkDocument> Handle(GetBulkXml request, CancellationToken cancellationToken)
    {
        var state = await forests.StateAsync(request.Domain.Id, request.At, cancellationToken);
        var own = state.Definition ?? request.Domain.Definition;
        return new BulkDocument(state.Version, Pieces(request, state, own, cancellationToken));
    }

    private async IAsyncEnumerable<ReadOnlyMemory<char>> Pieces(
        GetBulkXml request, DomainState state, DefinitionHash own, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var texts = await Texts(request, [own], null, cancellation);
        var around = texts[own];
        // Its chunks are handed on as they are: a string of them all would be a large object each time, which the collector is slow to take back.
        var text = new StringBuilder();
        var output = new StringWriter(text);
        BulkWriter.WriteStart(output, around, state.Current);
        foreach (var together in state.Forest.Descendants(null, ByCreation.Order).Chunk(Together))
        {
            var needed = request.NoDomain ? [] : together.Select(checkpoint => checkpoint.Definition).OfType<DefinitionHash>().Distinct().ToArray();
            texts = await Texts(request, needed, texts, cancellation);
            foreach (var checkpoint in together)
                BulkWriter.WriteItem(output, checkpoint, checkpoint.Definition is { } hash && !request.NoDomain ? texts[hash] : null);
            foreach (var piece in text.GetChunks()) yield return piece;
            text.Clear();
        }

        BulkWriter.WriteEnd(output, around);
        foreach (var piece in text.GetChunks()) yield return piece;
    }

    /// <summary>The texts needed, secrets removed where they must be; those at hand are not fetched again.</summary>
    private async Task<Dictionary<DefinitionHash, string>> Texts(
        GetBulkXml request, DefinitionHash[] needed, Dictionary<DefinitionHash, string>? atHand, CancellationToken cancellation)
    {
        var texts = new Dictionary<DefinitionHash, string>();
        var missing = new List<DefinitionHash>();
        foreach (var hash in needed)
        {
            if (atHand?.GetValueOrDefault(hash) is { } text) texts[hash] = text;
            else missing.Add(hash);
        }

        if (missing.Count == 0) return texts;
        foreach (var (hash, text) in await definitions.TextsAsync(request.Domain.Id, missing, cancellation))
            texts[hash] = request.Secure ? text : DefinitionText.WithoutSecrets(text);
        return texts;
    }
}
