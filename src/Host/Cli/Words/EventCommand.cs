using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>A command of the user's that is given one event.</summary>
internal static class EventCommand
{
    /// <param name="happened">A CloudEvent in JSON; the command's standard input.</param>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(string command, string happened, string directory)
    {
        var node = JsonNode.Parse(happened)!;
        var start = new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardInput = true, WorkingDirectory = directory };
        var data = node["data"]!;
        foreach (var (name, value) in ((string, string?)[])[
            ("TYPE", (string?)node["type"]), ("SEQUENCE", (string?)node["sequence"]), ("DOMAIN", (string?)data["domain"]!["id"]), ("DOMAIN_NAME", (string?)data["domain"]!["name"]),
            ("CHECKPOINT", ((string)node["type"]!).Contains(".checkpoint.", StringComparison.Ordinal) ? (string?)data["event"]?["name"] : null)])
            start.Environment[$"EVENTCHECKPOINTS_{name}"] = value ?? "";
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteLineAsync(happened);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, or wants to read nothing: its exit code says what it made of the event.
        }

        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
