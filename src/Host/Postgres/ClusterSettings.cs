using System.Text;

namespace EventCheckpoints.Host.Postgres;

/// <summary>The postgresql.conf of an embedded cluster, written at every start so that an upgraded host brings its own settings along.</summary>
public static class ClusterSettings
{
    /// <summary>An administrator's own file beside postgresql.conf, which is never written: it has the last word.</summary>
    public const string LocalFile = "local.conf";

    /// <param name="socket">The absolute directory of the unix socket.</param>
    /// <param name="extra">Settings by name that come after ours.</param>
    public static string Text(string socket, IReadOnlyDictionary<string, string> extra)
    {
        var text = new StringBuilder($"""
            # Written by eventcheckpoints at every start. Put settings of your own into {LocalFile} in this directory.

            # Nobody but the socket's owner and root gets in, and nothing listens on the network.
            listen_addresses = ''
            unix_socket_directories = {Quote('"' + socket.Replace("\"", "\"\"", StringComparison.Ordinal) + '"')}
            unix_socket_permissions = 0700
            max_connections = 100

            # Small enough for a laptop, ample for a registry: a checkpoint is about a kilobyte.
            shared_buffers = 128MB
            # Short queries by key: compiling them costs more than it saves.
            jit = off

            # fsync, synchronous_commit and full_page_writes keep their safe defaults; replica level lets pg_basebackup take a copy.
            wal_level = replica
            max_wal_size = 1GB
            min_wal_size = 80MB

            # Standard error, which the host keeps in postgres.log and bounds.
            logging_collector = off
            log_line_prefix = '%m [%p] '
            log_checkpoints = off
            log_timezone = 'UTC'
            timezone = 'UTC'
            datestyle = 'iso, ymd'

            # The cluster is C.UTF-8; messages are English because the host looks into them.
            lc_messages = 'C'
            lc_monetary = 'C.UTF-8'
            lc_numeric = 'C.UTF-8'
            lc_time = 'C.UTF-8'
            default_text_search_config = 'pg_catalog.simple'

            """);
        foreach (var (name, value) in extra) text.Append($"{name} = {Quote(value)}\n");
        return text.Append($"\ninclude_if_exists = '{LocalFile}'\n").ToString();
    }

    private static string Quote(string value) =>
        "'" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";
}
