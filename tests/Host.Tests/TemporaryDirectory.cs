using EventCheckpoints.Host.Postgres;

namespace EventCheckpoints.Tests;

/// <summary>An empty directory, 0700 and the test's own, with all below it gone at the end whoever owns it.</summary>
public sealed class TemporaryDirectory : IAsyncDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("eventcheckpoints-test-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public async ValueTask DisposeAsync() => await Tool.RunAsync("rm", ["-rf", "--", Path]);
}
