using System.Diagnostics;
using System.Text;

namespace EventCheckpoints.Host.Postgres;

/// <summary>What another program said: its exit code, and standard output and error as one text without trailing blanks.</summary>
public sealed record ToolOutput(int ExitCode, string Text)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs another program to its end. Arguments are passed as they are; no shell is between.</summary>
public static class Tool
{
    // Nothing else of the host's environment is another program's business: it may hold tokens, and PG* variables would redirect PostgreSQL's tools.
    private static readonly string[] PassedOn = ["PATH", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR"];

    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program, or it may not be run.</exception>
    public static async Task<ToolOutput> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // PostgreSQL's tools refuse to start in a directory that their user may not enter.
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var name in PassedOn)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        // Messages are looked into, so they have to be in English.
        start.Environment["LC_ALL"] = "C";

        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellation);
        }
        catch (IOException)
        {
            // It ended without reading its input; its exit code says why.
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        lock (said) return new ToolOutput(process.ExitCode, said.ToString().TrimEnd());

        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (said) said.Append(line.Data).Append('\n');
        }
    }
}
