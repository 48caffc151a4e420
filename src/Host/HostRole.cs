using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>The database role of a running host, made by migration 0005: it inserts and reads events and can do nothing else to them.</summary>
public static class HostRole
{
    public const string Name = "eventcheckpoints_host";

    /// <summary>Lets the role in itself, in a server that is ours alone. Elsewhere it cannot log in: logins are made members of it.</summary>
    /// <param name="owner">A connection string of the server's owner.</param>
    /// <returns>The same for the role.</returns>
    public static string LetIn(string owner)
    {
        using var connection = Open(owner);
        using var command = new NpgsqlCommand($"alter role {Name} login", connection);
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(owner) { Username = Name }.ConnectionString;
    }

    /// <summary>Who the connection string logs in as, if that is somebody who may do more to events than add them; else null.</summary>
    public static string? MoreThanHost(string connectionString)
    {
        using var connection = Open(connectionString);
        using var command = new NpgsqlCommand(
            "select current_user::text where has_table_privilege('eventcheckpoints.mt_events', 'update, delete, truncate')", connection);
        return (string?)command.ExecuteScalar();
    }

    private static NpgsqlConnection Open(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
