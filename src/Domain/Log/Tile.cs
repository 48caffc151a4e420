using System.Globalization;

namespace EventCheckpoints.Domain.Log;

/// <summary>
/// A tile (C2SP tlog-tiles): up to 256 hashes of one level. At level 0 they are leaf hashes; at level L each is the root of a complete subtree of 256^L leaves.
/// </summary>
/// <param name="Level">0 to 5, since 2^48 leaves are more than there will be.</param>
/// <param name="Width">1 to 256; less than 256 is a partial tile, at the tree's right edge.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    public const int FullWidth = 256;
    private const int MaxLevel = 5;

    /// <summary>How many hashes of a level there are in a tree: complete subtrees only.</summary>
    public static long HashesAt(int level, long size) => size >> (8 * level);

    /// <summary>Reads N or N.p/W, N in groups of three digits, all but the last behind an x: 1234067 is x001/x234/067.</summary>
    public static bool TryParse(int level, string path, out Tile tile)
    {
        tile = default;
        var (number, width) = (path, FullWidth);
        if (path.Split(".p/") is [var before, var after])
        {
            if (!TryNumber(after, out width) || width is 0 or >= FullWidth) return false;
            number = before;
        }

        var groups = number.Split('/');
        long index = 0;
        for (var at = 0; at < groups.Length; at++)
        {
            var isLast = at == groups.Length - 1;
            if (!isLast && !groups[at].StartsWith('x')) return false;
            var digits = isLast ? groups[at] : groups[at][1..];
            if (digits.Length != 3 || !digits.All(char.IsAsciiDigit) || index > long.MaxValue / 1000 - 1000) return false;
            index = (index * 1000) + int.Parse(digits, CultureInfo.InvariantCulture);
        }

        tile = new Tile(level, index, width);
        return level is >= 0 and <= MaxLevel && tile.Number() == number;
    }

    /// <summary>As it stands in a path behind tile/LEVEL/ or tile/entries/.</summary>
    public string Path() => Width == FullWidth ? Number() : string.Create(CultureInfo.InvariantCulture, $"{Number()}.p/{Width}");

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number.ToString(CultureInfo.InvariantCulture) == text;

    private string Number()
    {
        var text = (Index % 1000).ToString("D3", CultureInfo.InvariantCulture);
        for (var left = Index / 1000; left > 0; left /= 1000) text = $"x{(left % 1000).ToString("D3", CultureInfo.InvariantCulture)}/{text}";
        return text;
    }
}
