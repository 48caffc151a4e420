using System.Diagnostics;
using System.Text;
using EventCheckpoints.Host.Cli;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>
/// The real virsh, fed on standard input. Each command is followed by marks on both streams, so that what it printed can be told from its
/// neighbours' output, and a line that virsh cannot read fails alone.
/// </summary>
internal static class Virsh
{
    private const string Prompt = "virsh # ";
    private const string Mark = "=====";

    public static bool IsInstalled => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "virsh")));

    public static async Task<IReadOnlyList<Batch.Outcome>> Run(string uri, string folder, IReadOnlyList<string> commands)
    {
        var start = new ProcessStartInfo("virsh", ["-c", uri])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // readline folds what is wider than a terminal.
            Environment = { ["TZ"] = "UTC", ["LC_ALL"] = "C.UTF-8", ["COLUMNS"] = "10000" },
        };
        using var virsh = Process.Start(start)!;
        var (output, error) = (virsh.StandardOutput.ReadToEndAsync(), virsh.StandardError.ReadToEndAsync());
        var input = new StringBuilder();
        foreach (var command in commands) input.Append($"{command}\necho {Mark}\necho --err {Mark}\n");
        await virsh.StandardInput.WriteAsync(input);
        virsh.StandardInput.Close();
        await virsh.WaitForExitAsync();
        return Split(commands, await output, await error);
    }

    private static Batch.Outcome[] Split(IReadOnlyList<string> commands, string output, string error)
    {
        var outputs = output.Split($"{Prompt}echo {Mark}\n{Mark}\n{Prompt}echo --err {Mark}\n\n");
        var errors = error.Split($"error: {Mark}\n");
        if (outputs.Length != commands.Count + 1 || errors.Length != commands.Count + 1)
            throw new InvalidOperationException($"{outputs.Length - 1} and {errors.Length - 1} marks for {commands.Count} commands:\n{output}\n{error}");
        return [.. commands.Select((command, i) => new Batch.Outcome(command, Answer(outputs[i], command), errors[i], ExitCode(errors[i])))];
    }

    /// <summary>Behind the prompt and the command that is shown again; before the first there is a banner.</summary>
    private static string Answer(string output, string command)
    {
        var shown = $"{Prompt}{command}\n";
        return output[(output.IndexOf(shown, StringComparison.Ordinal) + shown.Length)..];
    }

    /// <summary>Standard input hides exit codes; a command that says "error:" has failed, and no other has.</summary>
    private static int ExitCode(string error) => error.Contains("error: ", StringComparison.Ordinal) ? 1 : 0;
}
