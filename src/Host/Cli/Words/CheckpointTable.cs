using System.Globalization;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-list's table.</summary>
public static class CheckpointTable
{
    /// <summary>Past the last second of the year 9999, local time, glib has no date and virsh no row.</summary>
    private const long LastSecond = 253_402_300_799;

    internal static bool Print(Invocation call, IReadOnlyList<CheckpointItem> items, bool parents, bool state)
    {
        var rows = new List<IReadOnlyList<string>>(items.Count);
        foreach (var item in items)
        {
            // The XML of such a one has no <creationTime>, and virsh passes over it.
            if (item.CreationTime.Seconds == 0) continue;
            if (Local(item.CreationTime, call.Session.Zone) is not { } time) return call.Fail("internal error: Incorrect number of cells in a table row");
            List<string> row = [item.Name.Value, time];
            if (parents) row.Add(item.Parent?.Value ?? "");
            if (state) row.AddRange([item.Owner?.Value ?? "-", string.Join(", ", [.. item.Lost ? (string[])["lost"] : [], .. item.Invalid])]);
            rows.Add(row);
        }

        List<string> header = ["Name", "Creation Time"];
        if (parents) header.Add("Parent");
        if (state) header.AddRange(["Owner", "State"]);
        Table.Print(call.Out, header, rows, call.Session.Quiet);
        return true;
    }

    /// <summary>Local time and its offset, as glib's %Y-%m-%d %H:%M:%S %z; null for a time that has none.</summary>
    public static string? Local(CreationTime time, TimeZoneInfo zone)
    {
        if (time.Seconds > LastSecond + 86_400) return null;
        var offset = zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(Math.Min(time.Seconds, LastSecond)));
        var local = time.Seconds + (long)offset.TotalSeconds;
        if (local > LastSecond) return null;
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        return DateTimeOffset.FromUnixTimeSeconds(local).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            + string.Create(CultureInfo.InvariantCulture, $" {sign}{offset:hhmm}");
    }
}
