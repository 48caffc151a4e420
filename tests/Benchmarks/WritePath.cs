using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using EventCheckpoints.Projections;
using Marten;
using Npgsql;

namespace EventCheckpoints.Benchmarks;

/// <summary>The one way to write, in process, on a database of its own: what a host has without its HTTP.</summary>
internal sealed class WritePath : IAsyncDisposable
{
    private readonly DocumentStore _store;
    private readonly SubmitHandler _handler;

    public WritePath(string connectionString)
    {
        Database = Wiring.DataSource(connectionString);
        _store = Store.Open(Database);
        _handler = new SubmitHandler(_store, Database, new Forests(Database), new Definitions(Database));
    }

    public NpgsqlDataSource Database { get; }

    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<Submitted> SubmitAsync(DomainId domain, Command command)
    {
        var by = new Envelope("bench", "cli", "measuring", Guid.NewGuid().ToString("N"), null, DateTimeOffset.UtcNow);
        return (await _handler.Handle(new Submit(domain, command, by), CancellationToken.None)).Value;
    }

    /// <summary>A new domain without checkpoints.</summary>
    public async Task<DomainId> DefineAsync()
    {
        var id = new DomainId(Guid.NewGuid());
        await SubmitAsync(id, new Define(DefinitionReader.Read(DomainXml.Of(id, id.ToString(), -1, DomainXml.Usual)).Value, null));
        return id;
    }

    /// <summary>A new domain with the checkpoints of a list.</summary>
    public async Task<DomainId> ImportAsync(string file, CheckpointList list)
    {
        var id = await DefineAsync();
        await SubmitAsync(id, Redefine(file, list, id));
        return id;
    }

    /// <summary>The command that imports a list, read from a file that is written here.</summary>
    public static RedefineList Redefine(string file, CheckpointList list, DomainId id)
    {
        list.Write(file, id, id.ToString());
        using var text = new StreamReader(file);
        return new RedefineList([ListReader.Read(text).Value], ListMode.Empty);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await Database.DisposeAsync();
    }
}
