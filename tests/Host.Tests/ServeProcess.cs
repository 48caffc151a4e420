using System.Diagnostics;

namespace EventCheckpoints.Host.Tests;

/// <summary>`eventcheckpoints serve` in a process of its own, as it is installed; to be killed.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private bool _disposed;

    private ServeProcess(Process process, Uri url)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Client { get; }

    public int Id => _process.Id;

    /// <summary>Returns once it serves.</summary>
    public static async Task<ServeProcess> StartAsync(params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "eventcheckpoints"), ["serve", .. options.Contains("--urls") ? (string[])[] : ["--urls", "http://127.0.0.1:0"], .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("Serving on ", StringComparison.Ordinal)) return new ServeProcess(process, new Uri(line["Serving on ".Length..]));
        await process.WaitForExitAsync();
        throw new InvalidOperationException($"serve ended with {process.ExitCode}: {await complaints}");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an init system stops it; it stops its PostgreSQL and exits.</summary>
    public async Task<int> StopAsync()
    {
        // The shell's own kill: a small machine has no program of that name.
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        Client.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
