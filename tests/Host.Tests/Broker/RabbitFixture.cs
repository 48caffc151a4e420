using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>One RabbitMQ for all tests that want one, one after the other; each has an exchange of its own on it.</summary>
[CollectionDefinition(nameof(RabbitFixture))]
public sealed class RabbitFixture : IAsyncLifetime, ICollectionFixture<RabbitFixture>
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
