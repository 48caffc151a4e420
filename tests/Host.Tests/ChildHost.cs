using System.Diagnostics;
using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>A host in a process of its own, to be killed: this very test program, told to run only <see cref="ChildHostBody"/>.</summary>
public sealed class ChildHost : IAsyncDisposable
{
    public const string DataVariable = "EVENTCHECKPOINTS_TEST_CHILD_DATA";
    public const string Ready = "child host ready: ";

    private readonly Process process;

    private ChildHost(Process process, string connectionString) => (this.process, ConnectionString) = (process, connectionString);

    public string ConnectionString { get; }

    public int Id => process.Id;

    public static async Task<ChildHost> StartAsync(string data, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-explicit", "only", "-class", typeof(ChildHostBody).FullName!, "-showLiveOutput"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[DataVariable] = data;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
            if (line.IndexOf(Ready, StringComparison.Ordinal) is var at and >= 0) return new ChildHost(process, line[(at + Ready.Length)..]);
        throw new InvalidOperationException("the child host ended before it was ready");
    }

    /// <summary>kill -9.</summary>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

/// <summary>No test of its own: what runs inside a <see cref="ChildHost"/>.</summary>
public sealed class ChildHostBody
{
    [Fact(Explicit = true)]
    public async Task Serves_until_killed()
    {
        var data = Environment.GetEnvironmentVariable(ChildHost.DataVariable);
        Assert.SkipWhen(data is null, "only runs inside a child host");
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(data!), new RecordingLog(), TestContext.Current.CancellationToken);
        Console.WriteLine(ChildHost.Ready + postgres.ConnectionString);
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }
}
