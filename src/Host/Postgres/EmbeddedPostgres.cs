using Npgsql;

namespace EventCheckpoints.Host.Postgres;

/// <summary>What an embedded PostgreSQL is started with.</summary>
/// <param name="Data">Its directory; made where it is missing. <see cref="DataDirectory.Default"/> unless the user named one.</param>
public sealed record EmbeddedPostgresOptions(string Data)
{
    /// <summary>Directories to look for PostgreSQL's programs in, in order of preference.</summary>
    public IEnumerable<string> BinaryPlaces { get; init; } = PostgresBinaries.UsualPlaces();

    /// <summary>Settings by name on top of <see cref="ClusterSettings"/>. Tests switch fsync off; nothing else may.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A private PostgreSQL that lives and dies with this process: made at the first start, started again when it is killed, stopped at the end.
/// It listens on a unix socket only, and keeps fsync and synchronous_commit on.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string Name = "eventcheckpoints";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Respite = TimeSpan.FromSeconds(5);

    private readonly DataDirectory data;
    private readonly ServerProgram server;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private Task supervision = Task.CompletedTask;

    private EmbeddedPostgres(DataDirectory data, ServerProgram server, string socket, ILogger log)
    {
        (this.data, this.server, this.log) = (data, server, log);
        // Below max_connections (100), so that an administrator's psql gets in beside a busy host.
        ConnectionString = new NpgsqlConnectionStringBuilder { Host = socket, Username = Name, Database = Name, MaxPoolSize = 80 }.ConnectionString;
    }

    /// <summary>For Npgsql; valid until this is disposed, across restarts of the server too.</summary>
    public string ConnectionString { get; }

    /// <summary>Returns once the server answers and its database exists. It is left running if the host dies, and the next start takes it over.</summary>
    /// <exception cref="StartupException">It cannot run here; the sentence says what would help.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger log, CancellationToken cancellation)
    {
        var data = await DataDirectory.OpenAsync(options.Data, log, cancellation);
        try
        {
            var binaries = await PostgresBinaries.FindAsync(options.BinaryPlaces, data.Cluster, await ServerProgram.VersionOfClusterAsync(data));
            var server = new ServerProgram(data, binaries, log);
            await server.MakeClusterAsync(Name, cancellation);
            await server.StopLeftoverAsync();
            var socket = await SocketDirectory.MakeAsync(data);
            await server.ConfigureAsync(ClusterSettings.Text(socket, options.Settings));
            await server.StartAsync();
            var postgres = new EmbeddedPostgres(data, server, socket, log);
            try
            {
                await postgres.MakeDatabaseAsync(cancellation);
            }
            catch (Exception failed)
            {
                await server.StopAsync();
                if (failed is not NpgsqlException) throw;
                throw new StartupException($"PostgreSQL in {data.Path} started but does not answer: {failed.Message}.");
            }

            log.PostgresRuns(binaries.Major, data.Path, data.User.Name);
            postgres.supervision = Task.Run(postgres.SuperviseAsync, CancellationToken.None);
            return postgres;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server in good order (open transactions are rolled back) and lets the directory go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested) return;
        await stopping.CancelAsync();
        await supervision;
        await server.StopAsync();
        await SocketDirectory.RemoveAsync(data);
        data.Dispose();
        stopping.Dispose();
    }

    private async Task SuperviseAsync()
    {
        using var timer = new PeriodicTimer(Glance);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                if (server.IsAlive)
                {
                    await server.BoundLogAsync();
                    continue;
                }

                log.PostgresGone(data.Path);
                try
                {
                    await server.StopLeftoverAsync();
                    await server.StartAsync();
                    log.PostgresBack(data.Path);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    // Whatever it was: a supervisor that ends leaves a host without a database.
                    log.RestartFailed(failed.Message, Respite.TotalSeconds);
                    await Task.Delay(Respite, stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task MakeDatabaseAsync(CancellationToken cancellation)
    {
        var template = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "template1", Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(template);
        await connection.OpenAsync(cancellation);
        await using var exists = new NpgsqlCommand($"select exists (select from pg_database where datname = '{Name}')", connection);
        if ((bool)(await exists.ExecuteScalarAsync(cancellation))!) return;
        await using var create = new NpgsqlCommand($"create database {Name}", connection);
        await create.ExecuteNonQueryAsync(cancellation);
    }
}
