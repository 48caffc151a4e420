using DiffPlex.Renderer;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Projections;

/// <summary>Two definitions that a diff names, line by line.</summary>
/// <param name="Unified">
/// As diff -u prints them, with three lines around each difference; empty where only secrets differ and are not shown; null where the texts are too long.
/// </param>
public sealed record DefinitionLines(DefinitionHash Before, DefinitionHash After, string? Unified);

/// <summary>The line diffs of an answer. Comparing takes the product of lines and differences, so an answer has a budget.</summary>
internal sealed class LineDiff(bool secure)
{
    /// <summary>A large definition has some thousand lines; this many that all differ take about a second.</summary>
    private const int Budget = 20_000;

    private int _left = Budget;

    public DefinitionLines Of(DefinitionHash before, DefinitionHash after, IReadOnlyDictionary<DefinitionHash, string> texts)
    {
        var (left, right) = (Shown(texts[before]), Shown(texts[after]));
        if (left == right) return new DefinitionLines(before, after, "");
        _left -= left.AsSpan().Count('\n') + right.AsSpan().Count('\n');
        return new DefinitionLines(
            before, after, _left < 0 ? null : UnidiffRenderer.GenerateUnidiff(left, right, $"{before.Value[..12]}", $"{after.Value[..12]}", ignoreWhitespace: false, ignoreCase: false, contextLines: 3));
    }

    private string Shown(string text) => secure ? text : DefinitionText.WithoutSecrets(text);
}
