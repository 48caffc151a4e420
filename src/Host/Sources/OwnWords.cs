using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace EventCheckpoints.Host.Sources;

/// <summary>What a word printed, and how it ended.</summary>
internal sealed record WordRun(int Code, string Output, string Error);

/// <summary>
/// Runs words of this program in a process of their own, against this server. libvirt's library can neither be interrupted while it waits for a host nor be trusted to leave the process whole; a process can be ended.
/// </summary>
internal sealed class OwnWords(SourceOptions options, IServer server) : IDisposable
{
    private static readonly string Program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "eventcheckpoints"
        ? Environment.ProcessPath!
        : Path.Combine(AppContext.BaseDirectory, "eventcheckpoints");

    private readonly SemaphoreSlim _asked = new(1);

    /// <summary>The same for whoever asks over HTTP, one at a time: a process is more than a request costs who sends it.</summary>
    public async Task<Result<T>> AskInTurnAsync<T>(IEnumerable<string> words, TimeSpan atMost, CancellationToken cancellation)
        where T : class
    {
        await _asked.WaitAsync(cancellation);
        try
        {
            return await AskAsync<T>(words, atMost, cancellation);
        }
        finally
        {
            _asked.Release();
        }
    }

    /// <returns>What a word printed as JSON, or the refusal with what it said instead: it may be ended in the middle by whoever wants its memory.</returns>
    public async Task<Result<T>> AskAsync<T>(IEnumerable<string> words, TimeSpan atMost, CancellationToken cancellation)
        where T : class
    {
        try
        {
            var ran = await RunAsync(words, atMost, cancellation);
            if (ran.Refusal is { } slow) return slow;
            var (code, output, error) = ran.Value;
            if (output.StartsWith('{')) return JsonSerializer.Deserialize<T>(output, Wire.Options)!;
            return new Refusal(Rule.SourceUnreachable, error.Length == 0 ? $"the word ended with {code} and said nothing" : error.Trim().Replace("error: ", "", StringComparison.Ordinal));
        }
        catch (JsonException)
        {
            return new Refusal(Rule.SourceUnreachable, "the word was ended before it had said all");
        }
        catch (Win32Exception no)
        {
            return new Refusal(Rule.SourceUnreachable, $"the word could not be started: {no.Message}");
        }
    }

    /// <returns>The run, or the refusal where it took too long.</returns>
    private async Task<Result<WordRun>> RunAsync(IEnumerable<string> words, TimeSpan atMost, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Program, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["EVENTCHECKPOINTS_URL"] = Address();
        // The password of the database is none of theirs, nor of the ssh that libvirt starts.
        start.Environment.Remove("ConnectionStrings__Checkpoints");
        if (options.Token is { } token) start.Environment["EVENTCHECKPOINTS_TOKEN"] = token;
        else start.Environment.Remove("EVENTCHECKPOINTS_TOKEN");
        using var process = Process.Start(start)!;
        // ssh asks nobody here for a password.
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(atMost);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return new Refusal(Rule.SourceTimedOut, $"it did not end within {atMost.TotalSeconds:0} seconds, and was ended");
        }

        return new WordRun(process.ExitCode, await output, await error);
    }

    public void Dispose() => _asked.Dispose();

    /// <summary>Where this server listens, as seen from this machine.</summary>
    private string Address()
    {
        var address = BindingAddress.Parse(server.Features.Get<IServerAddressesFeature>()!.Addresses.First(url => !BindingAddress.Parse(url).IsUnixPipe));
        var host = address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? "127.0.0.1" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }
}
