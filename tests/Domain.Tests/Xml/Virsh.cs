using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

/// <summary>Real virsh on libvirt's test driver, whose state lives as long as one process.</summary>
internal static partial class Virsh
{
    public static void Need()
    {
        if (!Installed("virsh"))
            Assert.Skip("virsh is not installed (apt install libvirt-clients)");
    }

    public static bool Installed(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>Runs command groups in one process and answers with what each printed, standard error between, bytes that are no UTF-8 replaced.</summary>
    public static string[] Run(string uri, IReadOnlyList<string> groups)
    {
        var answers = new List<string>();
        foreach (var chunk in groups.Chunk(400))
        {
            var script = string.Concat(chunk.Select(group => $"echo {Marker}; {group}; ")) + $"echo {Marker}";
            var (_, output) = Execute("/bin/sh", "-c", "exec virsh -q -c \"$0\" \"$1\" 2>&1", uri, script);
            var parts = MarkerPattern().Split(output);
            Assert.True(parts.Length == chunk.Length + 2, $"virsh stopped early: {output[Math.Max(0, output.Length - 500)..]}");
            answers.AddRange(parts[1..^1]);
        }

        return [.. answers];
    }

    public static (int ExitCode, string Output) Execute(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>The checked-in mock domains, as a URI.</summary>
    public static string Node => "test://" + Path.Combine(AppContext.BaseDirectory, "Xml", "node.xml");

    private const string Marker = "=#=";

    [GeneratedRegex("=#=\n?")]
    private static partial Regex MarkerPattern();
}
