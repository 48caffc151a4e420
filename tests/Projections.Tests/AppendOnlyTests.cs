using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Xml;
using EventCheckpoints.Host;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>
/// What was recorded stays: a host has no right to change it, and triggers stop whoever has. That a host's rights are enough for all it does is shown by every
/// other test here, since <see cref="TestStore"/> has no more.
/// </summary>
public sealed class AppendOnlyTests
{
    private const string S = Schema.Name;

    [Fact]
    public async Task A_host_has_no_right_to_change_what_happened()
    {
        await using var store = await UsedAsync();
        foreach (var statement in new[]
        {
            $"update {S}.mt_events set data = '{{}}'",
            $"update {S}.mt_events set is_archived = true",
            $"delete from {S}.mt_events",
            $"truncate {S}.mt_events",
            $"truncate {S}.mt_streams cascade",
            $"delete from {S}.mt_streams",
            $"update {S}.mt_streams set is_archived = true",
            $"update {S}.mt_streams set id = gen_random_uuid()",
            $"select {S}.mt_archive_stream(stream_id, tenant_id) from {S}.mt_events",
            $"select setval('{S}.mt_events_sequence', 1)",
            $"alter table {S}.mt_events disable trigger append_only",
            $"alter table {S}.mt_events drop column headers",
            $"drop table {S}.mt_events cascade",
            $"create or replace function {S}.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
            $"create table {S}.more ()",
            $"set session_replication_role = replica",
            $"update {S}.checkpoint_states set parent = null",
            $"delete from {S}.checkpoint_states",
            $"update {S}.definitions set xml = ''",
            $"delete from {S}.definitions",
            $"delete from {S}.holds",
            $"update {S}.holds set checkpoint = null",
            $"delete from {S}.domains",
            $"truncate {S}.checkpoint_states, {S}.definitions, {S}.domains",
            $"delete from {S}.schema_journal",
        }) Assert.Equal((statement, PostgresErrorCodes.InsufficientPrivilege), (statement, await StateAsync(store.Database, statement)));
    }

    [Fact]
    public async Task Triggers_refuse_even_the_owner()
    {
        await using var store = await UsedAsync();
        foreach (var statement in new[]
        {
            $"update {S}.mt_events set data = '{{}}' where false",
            $"delete from {S}.mt_events",
            $"truncate {S}.mt_events",
            $"truncate {S}.mt_streams cascade",
            $"delete from {S}.mt_streams",
            $"set session_replication_role = replica; delete from {S}.mt_events",
        }) Assert.Equal((statement, PostgresErrorCodes.ObjectNotInPrerequisiteState), (statement, await StateAsync(store.Owner, statement)));
    }

    /// <summary>Npgsql resets a connection between its users, which must not give the login's own rights back.</summary>
    [Fact]
    public async Task The_role_stays_when_a_connection_is_used_again()
    {
        await using var store = await TestStore.CreateAsync();
        int? process = null;
        for (var use = 0; use < 3; use++)
        {
            await using var connection = await store.Database.OpenConnectionAsync();
            process ??= connection.ProcessID;
            Assert.Equal(process, connection.ProcessID);
            await using var who = new NpgsqlCommand("select current_user::text", connection);
            Assert.Equal(HostRole.Name, await who.ExecuteScalarAsync());
        }
    }

    /// <summary>Marten's record of an append that failed after it drew numbers: an insert like any other, a moment after the failure.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Tombstones_can_be_written()
    {
        await using var store = await TestStore.CreateAsync();
        await store.DefineAsync("taken");
        var id = new DomainId(Guid.NewGuid());
        var refused = await store.SubmitAsync(id, new Define(TestStore.Definition(id, "taken"), null));
        Assert.Equal(Rule.DomainNameTaken, refused.Refusal?.Rule);
        await using var tombstones = store.Database.CreateCommand($"select count(*) from {S}.mt_events where type = 'tombstone'");
        while ((long)(await tombstones.ExecuteScalarAsync(TestContext.Current.CancellationToken))! < 3) await Task.Yield();
    }

    [Fact]
    public async Task Who_may_do_more_than_a_host_is_told_apart()
    {
        await using var database = await TestPostgres.CreateMigratedDatabaseAsync();
        Assert.Null(HostRole.MoreThanHost(database.HostConnectionString));
        Assert.NotNull(HostRole.MoreThanHost(database.ConnectionString));
    }

    private static async Task<TestStore> UsedAsync()
    {
        var store = await TestStore.CreateAsync();
        var domain = await store.DefineAsync("one");
        Assert.Null((await store.SubmitAsync(domain, new Create(new CreateXml(null, null, []), default))).Refusal);
        return store;
    }

    /// <summary>The SQLSTATE of its refusal; empty if it was done.</summary>
    private static async Task<string> StateAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        try
        {
            await command.ExecuteNonQueryAsync();
            return "";
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }
}
