using System.Diagnostics;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>The user's editor on a private file (virsh's vshEditFile).</summary>
internal static class Editor
{
    /// <returns>What the file holds afterwards, or null with the error printed.</returns>
    public static async Task<byte[]?> Edit(Invocation call, byte[] text)
    {
        var directory = Directory.CreateTempSubdirectory("eventcheckpoints-");
        var path = Path.Combine(directory.FullName, "checkpoint.xml");
        try
        {
            // Secrets of the domain may be in it: the directory is for this user only.
            await File.WriteAllBytesAsync(path, text);
            return await RunOn(call, path) ? XmlFile.Read(call, path) : null;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<bool> RunOn(Invocation call, string path)
    {
        var editor = Environment.GetEnvironmentVariable("VISUAL") ?? Environment.GetEnvironmentVariable("EDITOR") ?? "vi";
        // With blanks or anything else that a shell reads it is a command line, else a program.
        var isProgram = editor.All(c => char.IsAsciiLetterOrDigit(c) || "_/.:@-+".Contains(c, StringComparison.Ordinal));
        string[] arguments = isProgram ? [path] : ["-c", $"{editor} {path}"];
        await call.Out.FlushAsync();
        try
        {
            using var process = Process.Start(isProgram ? editor : "sh", arguments);
            await process.WaitForExitAsync();
            if (process.ExitCode == 0) return true;
            var command = isProgram ? $"{editor} {path}" : $"sh -c '{editor} {path}'";
            return call.Fail($"internal error: Child process ({command}) unexpected exit status {process.ExitCode}");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return call.Fail($"Cannot find '{editor}' in path: No such file or directory");
        }
    }
}
