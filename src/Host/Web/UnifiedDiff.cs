using DiffPlex.Renderer;

namespace EventCheckpoints.Host.Web;

/// <summary>Two texts line by line, as diff -u prints them.</summary>
internal static class UnifiedDiff
{
    /// <summary>Lines of both: comparing takes the product of lines and differences.</summary>
    private const int Most = 20_000;

    /// <returns>Empty where they are the same; null where they are too long to compare.</returns>
    public static string? Of(string before, string after, string name) => before == after ? ""
        : before.AsSpan().Count('\n') + after.AsSpan().Count('\n') > Most ? null
        : UnidiffRenderer.GenerateUnidiff(before, after, $"{name} now", $"{name} then", ignoreWhitespace: false, ignoreCase: false, contextLines: 3);
}
