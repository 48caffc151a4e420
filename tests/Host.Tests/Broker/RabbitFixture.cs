using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>One RabbitMQ for the tests of a class; each has an exchange of its own on it.</summary>
public sealed class RabbitFixture : IAsyncLifetime
{
    private RabbitServer? _server;

    /// <summary>Skips the test where RabbitMQ is not installed.</summary>
    public RabbitServer Server
    {
        get
        {
            Assert.SkipWhen(_server is null, RabbitServer.Missing ?? "");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (RabbitServer.Missing is null) _server = await RabbitServer.StartAsync();
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
