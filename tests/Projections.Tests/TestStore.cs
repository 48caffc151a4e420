using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using EventCheckpoints.Tests;
using Marten;
using Npgsql;

namespace EventCheckpoints.Projections.Tests;

/// <summary>
/// A database of its own with our schema, and the write path on it, with the rights of a running host; a second one on the same database stands for a
/// second host.
/// </summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TestDatabase? _database;

    private TestStore(TestDatabase? owned, TestDatabase database)
    {
        _database = owned;
        Database = Wiring.DataSource(database.HostConnectionString);
        Owner = Wiring.DataSource(database.ConnectionString);
        Store = Host.Store.Open(Database);
        Forests = new Forests(Database);
        Definitions = new Definitions(Database);
        Handler = new SubmitHandler(Store, Database, Forests, Definitions);
    }

    /// <summary>As the role that a host runs as.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>As the owner of the tables.</summary>
    public NpgsqlDataSource Owner { get; }

    public DocumentStore Store { get; }

    public Forests Forests { get; }

    public Definitions Definitions { get; }

    public SubmitHandler Handler { get; }

    public static async Task<TestStore> CreateAsync()
    {
        var database = await TestPostgres.CreateMigratedDatabaseAsync();
        return new TestStore(database, database);
    }

    /// <summary>Another host on the same database: it shares nothing else.</summary>
    public TestStore SecondHost() => new(null, _database!);

    public async Task<Result<Submitted>> SubmitAsync(DomainId domain, Command command, long? ifVersion = null) =>
        await Handler.Handle(
            new Submit(domain, command, new Envelope("tester", "cli", "because", "c0ffee", null, DateTimeOffset.UnixEpoch), ifVersion), CancellationToken.None);

    /// <summary>A domain of its own with two disks.</summary>
    public async Task<DomainId> DefineAsync(string name)
    {
        var id = new DomainId(Guid.NewGuid());
        var result = await SubmitAsync(id, new Define(Definition(id, name), null));
        if (result.Refusal is { } refusal) throw new InvalidOperationException(refusal.Message);
        return id;
    }

    public static Definition Definition(DomainId id, string name, int memory = 1024) => DefinitionReader.Read(
        $"""
        <domain type='test'>
          <name>{name}</name>
          <uuid>{id}</uuid>
          <memory>{memory}</memory>
          <os><type>hvm</type></os>
          <devices>
            <disk type='file'><source file='/{name}.a'/><target dev='vda'/></disk>
            <disk type='file'><source file='/{name}.b'/><target dev='vdb'/></disk>
          </devices>
        </domain>
        """).Value;

    /// <summary>The owner's verb.</summary>
    public async Task<long> RebuildAsync(int pageSize = Rebuild.PageSize)
    {
        await using var store = Host.Store.Open(Owner);
        return await Rebuild.RunAsync(store, Owner, CancellationToken.None, pageSize);
    }

    /// <summary>What nobody may do but who owns the tables and takes the trigger away: an edit of recorded events.</summary>
    public async Task EditEventsAsync(string sql, params object[] values)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync($"alter table {Schema.Name}.mt_events disable trigger append_only");
        await ExecuteAsync(sql, values);
        await ExecuteAsync($"alter table {Schema.Name}.mt_events enable always trigger append_only");
        await transaction.CommitAsync();

        async Task ExecuteAsync(string text, params object[] given)
        {
            await using var command = new NpgsqlCommand(text, connection, transaction);
            foreach (var value in given) command.Parameters.AddWithValue(value);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>What the events say, folded from the first on.</summary>
    public async Task<DomainState> FoldAsync(DomainId domain, long version = 0)
    {
        await using var session = Store.QuerySession(Schema.Tenant);
        var events = await session.Events.FetchStreamAsync(domain.Value, version);
        return DomainState.Unknown(domain).After([.. events.Select(e => (DomainEvent)e.Data)]);
    }

    /// <summary>Every row of every table of the read side, as text, in key order.</summary>
    public async Task<string> RowsAsync()
    {
        var text = new System.Text.StringBuilder();
        foreach (var (table, key) in new[] { ("checkpoint_states", "domain_id, name, from_version"), ("definitions", "domain_id, hash"), ("domains", "domain_id"), ("domain_states", "domain_id, version"), ("domain_values", "domain_id, field, from_version"), ("holds", "domain_id, hold, from_version"), ("checkpoint_marks", "domain_id, checkpoint, mark, from_version") })
        {
            await using var command = Database.CreateCommand($"select t::text from {Schema.Name}.{table} t order by {key}");
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync()) text.Append(table).Append(' ').AppendLine(row.GetString(0));
        }

        return text.ToString();
    }

    /// <summary>What is said of checkpoints and of where the domain is, as one text.</summary>
    public static string Seen(DomainState state) => $"{state.Host} [{string.Join(", ", state.HostDisks)}] "
        + string.Join(' ', state.Marks.OrderBy(marks => marks.Key.Value, StringComparer.Ordinal).Select(marks => $"{marks.Key}: {marks.Value.Owner} {marks.Value.Lost} {string.Join(", ", marks.Value.Faults)}"));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Database.DisposeAsync();
        await Owner.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
