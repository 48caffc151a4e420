using DbUp;
using DbUp.Engine;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>Brings a database's schema to what this program expects, or says that it is not there. The only way the schema ever changes.</summary>
public static partial class Migrations
{
    // Any number will do that no other program on the same database locks: "ECkp" in ASCII.
    private const long LockKey = 0x45436b70;

    /// <summary>
    /// Applies what is pending, each script in a transaction of its own together with its journal entry. Of several hosts that do so at once one works and
    /// the others wait for it, then find nothing to do.
    /// </summary>
    /// <param name="scripts">Other scripts than <see cref="Migration.All"/>, for tests.</param>
    /// <exception cref="StartupException">The database cannot be reached, knows more than this program, or refused a script; earlier scripts stay applied.</exception>
    public static void Apply(string connectionString, ILogger log, IReadOnlyList<Migration>? scripts = null)
    {
        scripts ??= Migration.All;
        using var connection = Open(connectionString);
        try
        {
            using var wait = new NpgsqlCommand($"select pg_advisory_lock({LockKey})", connection) { CommandTimeout = 0 };
            wait.ExecuteNonQuery();
            var pending = Pending(SchemaJournal.Read(connection) ?? new Dictionary<string, string>(), scripts);
            if (pending.Count == 0) return;
            SchemaJournal.Make(connection);
            var upgrade = DeployChanges.To
                .PostgresqlDatabase(connectionString)
                .WithScripts(pending.Select(one => new SqlScript(one.Name, one.Sql)))
                .WithTransactionPerScript()
                .WithExecutionTimeout(TimeSpan.Zero)
                // $name$ quotes a function's body in PostgreSQL and is no variable of ours.
                .WithVariablesDisabled()
                .JournalTo(new SchemaJournal())
                .LogToNowhere()
                .Build()
                .PerformUpgrade();
            if (!upgrade.Successful)
                throw new StartupException($"The migration {upgrade.ErrorScript?.Name ?? pending[0].Name} failed and nothing of it was kept: {upgrade.Error.Message}");
            foreach (var one in pending) log.Migrated(one.Name);
        }
        catch (NpgsqlException failed)
        {
            throw new StartupException($"The database could not be migrated: {failed.Message}");
        }
    }

    /// <summary>Returns if the database's schema is exactly what this program expects.</summary>
    /// <param name="scripts">Other scripts than <see cref="Migration.All"/>, for tests.</param>
    /// <exception cref="StartupException">It cannot be reached, or it is empty, older, newer or changed; the sentence says which, and what to do.</exception>
    public static void Check(string connectionString, IReadOnlyList<Migration>? scripts = null)
    {
        scripts ??= Migration.All;
        using var connection = Open(connectionString);
        var applied = Applied(connection)
            ?? throw new StartupException($"The database '{connection.Database}' has no schema of eventcheckpoints yet: run `eventcheckpoints migrate`.");
        if (Pending(applied, scripts) is [var first, .. var rest])
            throw new StartupException(
                $"The database '{connection.Database}' has an older schema than this program ({first.Name}{(rest.Count > 0 ? $" and {rest.Count} more" : "")} pending): run `eventcheckpoints migrate`.");
    }

    private static IReadOnlyDictionary<string, string>? Applied(NpgsqlConnection connection)
    {
        try
        {
            return SchemaJournal.Read(connection);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            var user = new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username;
            throw new StartupException($"The user '{user}' may not use the schema of eventcheckpoints in the database '{connection.Database}': have its owner run `grant {HostRole.Name} to \"{user}\"`.");
        }
    }

    /// <summary>What is yet to be applied, in order.</summary>
    private static List<Migration> Pending(IReadOnlyDictionary<string, string> applied, IReadOnlyList<Migration> scripts)
    {
        var known = scripts.ToDictionary(one => one.Name);
        if (applied.Keys.FirstOrDefault(name => !known.ContainsKey(name)) is { } unknown)
            throw new StartupException($"The database has a newer schema than this program, which does not know {unknown}: use the newer eventcheckpoints that made it.");
        if (applied.FirstOrDefault(one => known[one.Key].Sha256 != one.Value).Key is { } changed)
            throw new StartupException($"{changed} is not the script that was applied to the database under that name: use the eventcheckpoints that applied it.");
        return [.. scripts.Where(one => !applied.ContainsKey(one.Name)).OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    private static NpgsqlConnection Open(string connectionString)
    {
        try
        {
            // Not pooled: the advisory lock goes with the connection.
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
            connection.Open();
            return connection;
        }
        catch (ArgumentException malformed)
        {
            throw new StartupException($"The connection string is not understood: {malformed.Message}");
        }
        catch (NpgsqlException unreachable)
        {
            throw new StartupException($"The database cannot be reached: {unreachable.Message}");
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Applied migration {script}")]
    private static partial void Migrated(this ILogger log, string script);
}
