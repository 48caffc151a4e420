using EventCheckpoints.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>Numbered scripts, applied once, in order, whole or not at all.</summary>
public sealed class MigrationsTests : IAsyncLifetime
{
    private static readonly Migration First = new("0001-letters.sql",
        """
        create table letters (letter text primary key); -- a ';' in a comment
        create function greet() returns text language plpgsql as $body$ begin return 'a;b $name$'; end; $body$;
        """);

    private static readonly Migration Second = new("0002-more.sql", "insert into letters values ('a''; b')");

    private TestDatabase database = null!;

    [Fact]
    public async Task Scripts_are_applied_in_order_once()
    {
        Apply(Second, First);
        Apply(First, Second);

        Migrations.Check(database.ConnectionString, [First, Second]);
        Assert.Equal("a'; b", await AskAsync("select string_agg(letter, ',') from letters"));
        Assert.Equal("a;b $name$", await AskAsync("select greet()"));
        Assert.Equal("0001-letters.sql,0002-more.sql", await AskAsync("select string_agg(script, ',' order by script) from eventcheckpoints.schema_journal"));
    }

    [Fact]
    public void An_empty_database_is_sent_to_migrate()
    {
        Assert.Matches("has no schema of eventcheckpoints yet: run `eventcheckpoints migrate`", Refused(() => Migrations.Check(database.ConnectionString, [First])));
    }

    [Fact]
    public void An_older_schema_is_sent_to_migrate()
    {
        Apply(First);

        Assert.Matches(@"older schema than this program \(0002-more.sql pending\): run `eventcheckpoints migrate`",
            Refused(() => Migrations.Check(database.ConnectionString, [First, Second])));
    }

    [Fact]
    public void A_newer_schema_is_neither_served_nor_migrated()
    {
        Apply(First, Second);

        Assert.Matches("newer schema than this program, which does not know 0002-more.sql", Refused(() => Migrations.Check(database.ConnectionString, [First])));
        Assert.Matches("newer schema than this program, which does not know 0002-more.sql", Refused(() => Apply(First)));
    }

    [Fact]
    public void A_script_that_was_edited_after_it_was_applied_is_noticed()
    {
        Apply(First);
        var edited = First with { Sql = First.Sql + " " };

        Assert.Matches("0001-letters.sql is not the script that was applied", Refused(() => Migrations.Check(database.ConnectionString, [edited])));
        Assert.Matches("0001-letters.sql is not the script that was applied", Refused(() => Apply(edited, Second)));
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_of_itself_and_keeps_what_came_before()
    {
        var broken = new Migration("0002-broken.sql", "insert into letters values ('lost'); insert into nowhere values (1);");

        Assert.Matches("0002-broken.sql failed and nothing of it was kept: .*nowhere", Refused(() => Apply(First, broken)));

        Migrations.Check(database.ConnectionString, [First]);
        Assert.Equal("0", await AskAsync("select count(*)::text from letters"));
    }

    [Fact]
    public async Task A_script_whose_journal_entry_fails_is_not_applied_either()
    {
        Apply(First);
        await AskAsync("alter table eventcheckpoints.schema_journal add check (script < '0002'); select ''");

        Refused(() => Apply(First, Second));

        Assert.Equal("0", await AskAsync("select count(*)::text from letters"));
    }

    [Fact]
    public async Task Hosts_that_migrate_at_once_apply_each_script_once()
    {
        var slow = new Migration("0003-slow.sql", "select pg_sleep(0.2); insert into letters values ('once')");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Apply(First, Second, slow), TestContext.Current.CancellationToken)));

        Assert.Equal("1", await AskAsync("select count(*)::text from letters where letter = 'once'"));
    }

    [Fact]
    public void A_server_that_does_not_answer_or_a_string_that_is_none_gets_a_sentence()
    {
        Assert.StartsWith("The database cannot be reached: ", Refused(() => Migrations.Check("Host=/nowhere;Username=x;Password=secret")), StringComparison.Ordinal);
        Assert.StartsWith("The connection string is not understood: ", Refused(() => Migrations.Check("Hots=localhost")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_scripts_of_this_program_apply_to_an_empty_database()
    {
        Assert.NotEmpty(Migration.All);

        Migrations.Apply(database.ConnectionString, NullLogger.Instance);

        Migrations.Check(database.ConnectionString);
    }

    public async ValueTask InitializeAsync() => database = await TestPostgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private void Apply(params Migration[] scripts) => Migrations.Apply(database.ConnectionString, NullLogger.Instance, scripts);

    private static string Refused(Action action) => Assert.Throws<StartupException>(action).Message;

    private async Task<string> AskAsync(string question)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(question);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
