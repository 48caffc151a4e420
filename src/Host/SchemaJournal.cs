using System.Data;
using DbUp.Engine;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>Which migrations a database has had, each with its text's SHA-256: the table eventcheckpoints.schema_journal.</summary>
public sealed class SchemaJournal : IJournal
{
    private const string Table = "eventcheckpoints.schema_journal";

    /// <summary>Applied scripts in the order of their names: name → SHA-256 in hex. Null where there is no journal yet.</summary>
    public static IReadOnlyDictionary<string, string>? Read(NpgsqlConnection connection)
    {
        using var exists = new NpgsqlCommand($"select to_regclass('{Table}') is not null", connection);
        if (!(bool)exists.ExecuteScalar()!) return null;
        using var command = new NpgsqlCommand($"""select script, sha256 from {Table} order by script collate "C" """, connection);
        using var reader = command.ExecuteReader();
        var applied = new Dictionary<string, string>();
        while (reader.Read()) applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    /// <summary>Makes the journal where it is missing.</summary>
    public static void Make(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            $"""
            create schema if not exists eventcheckpoints;
            create table if not exists {Table} (
                script text primary key,
                sha256 text not null,
                applied_at timestamptz not null default now()
            );
            """,
            connection);
        command.ExecuteNonQuery();
    }

    // DbUp is given only scripts that are pending, so it has none to leave out.
    string[] IJournal.GetExecutedScripts() => [];

    // Called inside the script's own transaction, so that a script is journaled if and only if it was applied.
    void IJournal.StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        using var command = dbCommandFactory();
        command.CommandText = $"insert into {Table} (script, sha256) values (@script, @sha256)";
        command.Parameters.Add(new NpgsqlParameter("script", script.Name));
        command.Parameters.Add(new NpgsqlParameter("sha256", new Migration(script.Name, script.Contents).Sha256));
        command.ExecuteNonQuery();
    }

    void IJournal.EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
    }
}
