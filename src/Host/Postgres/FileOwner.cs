namespace EventCheckpoints.Host.Postgres;

/// <summary>Who a file or directory belongs to, and its permission bits.</summary>
/// <param name="Uid">Decimal.</param>
/// <param name="Name">The user's name, or UNKNOWN.</param>
/// <param name="Mode">The twelve permission bits.</param>
public sealed record FileOwner(string Uid, string Name, int Mode)
{
    /// <returns>Null where there is no such file, or where this process may not see it.</returns>
    public static async Task<FileOwner?> OfAsync(string path)
    {
        var output = await Tool.RunAsync("stat", ["-L", "-c", "%u %U %a", "--", path]);
        return output.Succeeded && output.Text.Split(' ') is [var uid, var name, var mode]
            ? new FileOwner(uid, name, Convert.ToInt32(mode, 8))
            : null;
    }
}
