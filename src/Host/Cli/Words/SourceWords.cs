using System.Globalization;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Sources;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>source-list and source-sync: the libvirt hosts that servers learn from by themselves.</summary>
internal static class SourceWords
{
    public static Word List { get; } = new(
        "source-list",
        Group.Hosts,
        "the libvirt hosts that the server learns from, and how that goes",
        "Lists the libvirt hosts that the servers of this database learn from by themselves, with what came of the last look at each.",
        [WordOption.Json],
        ListAsync)
    {
        Notes = ["The server is told of them by serve --sources FILE; nobody can add one over HTTP, since a URI can name a command to run."],
        Examples = ["source-list"],
    };

    public static Word Sync { get; } = new(
        "source-sync",
        Group.Hosts,
        "have the server look at one of its sources now",
        "Asks the server to look at one of its sources at once, and does not wait for what comes of it.",
        [new("source", Takes.Required, "its name; source-list prints it")],
        SyncAsync)
    {
        Examples = ["source-sync kvm7"],
    };

    private static async Task<bool> ListAsync(Invocation call)
    {
        if (call.WantsJson) return await call.PrintJson("v1/sources");
        if (!call.Got(await call.Api.Get<SourceList>("v1/sources"), out var sources)) return false;
        Table.Print(
            call.Out, ["Name", "URI", "Every", "Last look", "Domains", "State"],
            [.. sources.Items.Select(source => (string[])[source.Name, source.Uri, $"{source.Every} s", Time(call, source.Ended), source.Last?.Domains.ToString(CultureInfo.InvariantCulture) ?? "-", State(call, source)])],
            call.Session.Quiet);
        return true;
    }

    private static async Task<bool> SyncAsync(Invocation call)
    {
        if (!call.Text("source", out var name)) return false;
        if (!call.Got(await call.Api.Do(HttpMethod.Post, $"v1/sources/{Uri.EscapeDataString(name!)}/sync", call.Change), out _)) return false;
        call.Say($"A look at source {name} is asked for\n");
        return true;
    }

    private static string State(Invocation call, SourceView source) => source.Last switch
    {
        null => "not looked at yet",
        { Problem: { } problem } => $"{problem}{(source.Succeeded is null ? "" : $"; well until {Time(call, source.Succeeded)}")}",
        _ => "well",
    };

    private static string Time(Invocation call, DateTimeOffset? time) =>
        time is { } at ? TimeZoneInfo.ConvertTime(at, call.Session.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "-";
}
