namespace EventCheckpoints.Domain;

/// <summary>
/// The order of virsh's lists: strcasecmp, which compares ASCII letters as lower case, so that '_' comes before them. virsh leaves ties to
/// chance; here the names themselves decide.
/// </summary>
public sealed class VirshOrder : IComparer<MomentName>
{
    public static VirshOrder Instance { get; } = new();

    public int Compare(MomentName x, MomentName y)
    {
        var (left, right) = (x.Value, y.Value);
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            var difference = Lower(left[i]) - Lower(right[i]);
            if (difference != 0) return difference;
        }

        return left.Length != right.Length ? left.Length - right.Length : string.CompareOrdinal(left, right);
    }

    private static int Lower(char c) => c is >= 'A' and <= 'Z' ? c + ('a' - 'A') : c;
}
