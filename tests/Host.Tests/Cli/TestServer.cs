using System.Text;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Projections;
using EventCheckpoints.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>A server with a database of its own, and batches sent to it.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private WebApplication _app = null!;

    public Uri Address => new(_app.Urls.First() + "/");

    public Session Session { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        Migrations.Apply(_database.ConnectionString, NullLogger.Instance);
        _app = Server.Build(new ServeOptions("http://127.0.0.1:0", _database.HostConnectionString, []) { WebhookNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")] });
        await _app.StartAsync();
        Session = new Session(new Api(Address), AllWords.Table) { Zone = TimeZoneInfo.Utc };
    }

    /// <summary>Runs command lines, one outcome for each command.</summary>
    public async Task<IReadOnlyList<Batch.Outcome>> Run(string script, Session? session = null)
    {
        var outcomes = new List<Batch.Outcome>();
        await Batch.RunLines(new StringReader(script), session ?? Session, outcome =>
        {
            outcomes.Add(outcome);
            return Task.CompletedTask;
        });
        return outcomes;
    }

    /// <summary>Makes these the only domains, without checkpoints.</summary>
    public async Task Reset(IEnumerable<string> domainXml)
    {
        var known = await Session.Api.GetAll<DomainSummary>("v1/domains");
        foreach (var domain in known.Value!) Done(await Session.Api.Send<Done>(HttpMethod.Delete, $"v1/domains/{domain.Id}?checkpoints-metadata=true", new Change(null, null)));
        foreach (var xml in domainXml) Done(await Session.Api.PostXml("v1/domains", Encoding.UTF8.GetBytes(xml), new Change(null, null)));
    }

    /// <summary>Gives a domain another definition.</summary>
    public async Task Redefine(string domainXml) => Done(await Session.Api.PostXml("v1/domains", Encoding.UTF8.GetBytes(domainXml), new Change(null, null)));

    public async ValueTask DisposeAsync()
    {
        Session.Api.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static void Done(Reply<Done> reply) => Assert.Null(reply.Problem);
}
