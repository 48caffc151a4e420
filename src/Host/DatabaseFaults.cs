using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>What a fault of the database means.</summary>
internal static class DatabaseFaults
{
    /// <summary>It does not answer, or not now: nothing is wrong with what was asked.</summary>
    public static bool IsAway(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // Class 57P: the server is shutting down or was killed; class 08: the connection broke; 53: out of connections, disk or memory; 40: another transaction was in the way.
            if (e is PostgresException { SqlState: var state })
                return state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
                    || state.StartsWith("40", StringComparison.Ordinal);
            if (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException) return true;
        }

        return false;
    }
}
