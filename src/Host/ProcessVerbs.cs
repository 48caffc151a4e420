using System.CommandLine;
using System.Net;
using EventCheckpoints.Domain;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Host.Sources;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>The verbs that work on the database themselves: serve, migrate and rebuild. All others are clients of the HTTP API.</summary>
public static partial class ProcessVerbs
{
    public const string DefaultUrl = "http://127.0.0.1:7878";

    private static readonly Option<string?> Connection = new("--connection")
    {
        Description = "A PostgreSQL connection string. Also ConnectionStrings__Checkpoints in the environment.",
        HelpName = "CONNECTION",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ConnectionStrings__Checkpoints") is { Length: > 0 } given ? given : null,
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = $"Where the embedded PostgreSQL lives, without a connection string (default: {DataDirectory.Default}).",
        HelpName = "DIR",
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where to listen; several with ';'. Anything but loopback needs --tokens.",
        HelpName = "URL",
        DefaultValueFactory = _ => DefaultUrl,
    };

    private static readonly Option<string?> Tokens = new("--tokens")
    {
        Description = "A file that says who may ask: a JSON array of {\"name\",\"role\",\"token\"}, role reader or writer. Also EVENTCHECKPOINTS_TOKENS.",
        HelpName = "FILE",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_TOKENS") is { Length: > 0 } given ? given : null,
    };

    private static readonly Option<RequiredReasons> RequireReason = new("--require-reason")
    {
        Description = "Refuse changes without --reason (X-Audit-Reason): deletes, all or none.",
        HelpName = "deletes|all|none",
        DefaultValueFactory = _ => RequiredReasons.None,
    };

    private static readonly Option<string?> LogKeyFile = new("--log-key")
    {
        Description = "The key that the tamper-evident log signs its checkpoints with; made where there is no such file (default: log.key beside the embedded PostgreSQL's data).",
        HelpName = "FILE",
    };

    private static readonly Option<int> LogInterval = new("--log-interval")
    {
        Description = "Seconds between signed checkpoints while the log grows.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    };

    private static readonly Option<string?> LogPublish = new("--log-publish")
    {
        Description = "A directory that gets each signed checkpoint as a file. Only what others hold too binds who could rewrite the whole store.",
        HelpName = "DIR",
    };

    private static readonly Option<string[]> WebhookAllow = new("--webhook-allow")
    {
        Description = "Networks that webhooks may lead to beside the public internet, such as 10.1.0.0/16; these also without TLS.",
        HelpName = "CIDR",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> BrokerFile = new("--broker")
    {
        Description = "Publish every event to the message broker that this JSON file names: {\"kind\":\"rabbitmq\",\"uri\":\"amqps://…\"}.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> OwnersFile = new("--owners")
    {
        Description = "Whose new checkpoints are by their names: a JSON array of {\"checkpoint\":\"virtnbdbackup.*\",\"owner\":\"virtnbdbackup\"}; the first that fits counts.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> SourcesFile = new("--sources")
    {
        Description = "Learn from the libvirt hosts that this JSON file names: an array of {\"name\":\"kvm7\",\"uri\":\"qemu+ssh://root@kvm7/system\",\"every\":60}.",
        HelpName = "FILE",
    };

    /// <summary>The three verbs, for the command line to add to its own.</summary>
    public static IReadOnlyList<Command> All { get; } = [Verb("serve", "Serve the store over HTTP (the default verb).", ServeAsync, Urls, Data, Connection, Tokens, RequireReason, LogKeyFile, LogInterval, LogPublish, WebhookAllow, BrokerFile, OwnersFile, SourcesFile),
        Verb("migrate", "Bring the database's schema to what this program expects.", MigrateAsync, Data, Connection),
        Verb("rebuild", "Make all rows of the read side again from the events, in one transaction; as the owner of the tables.", RebuildAsync, Data, Connection)];

    private static Command Verb(string name, string description, Func<ParseResult, CancellationToken, Task> run, params Option[] options)
    {
        var verb = new Command(name, description);
        foreach (var option in options) verb.Options.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                await run(parsed, cancellation);
                return 0;
            }
            catch (StartupException refused)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"eventcheckpoints: {refused.Message}");
                return 1;
            }
        });
        return verb;
    }

    private static async Task ServeAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var tokens = parsed.GetValue(Tokens) is { } file ? Server.ReadTokens(file) : [];
        var urls = parsed.GetValue(Urls)!;
        Server.CheckAddresses(urls, tokens);
        if (parsed.GetValue(SourcesFile) is not null && urls.Split(';').All(url => BindingAddress.Parse(url).IsUnixPipe))
            throw new StartupException("--sources needs an address with a port in --urls, beside a unix socket: what looks at the hosts asks the server there.");
        var owners = parsed.GetValue(OwnersFile) is { } ownersFile ? Server.ReadOwners(ownersFile) : OwnerRules.None;
        var sources = parsed.GetValue(SourcesFile) is { } sourcesFile ? SourceSettings.Read(sourcesFile) : [];
        var broker = parsed.GetValue(BrokerFile) is { } brokerFile ? BrokerSettings.Read(brokerFile) : null;
        await using var database = await OpenDatabaseAsync(parsed, migrate: false, cancellation);
        if (HostRole.MoreThanHost(database.ConnectionString) is { } user) database.Log.MayChangeEvents(user, HostRole.Name);
        await using (var rows = Wiring.DataSource(database.ConnectionString)) await Rebuild.CheckAsync(rows, cancellation);
        using var key = Key(parsed, database) is { } keyFile ? LogKey.Open(keyFile) : null;
        if (key is null) database.Log.LogNotSigned();
        var log = new LogSettings(key, TimeSpan.FromSeconds(parsed.GetValue(LogInterval)), parsed.GetValue(LogPublish));
        if (log.PublishTo is { } directory && !Directory.Exists(directory)) throw new StartupException($"--log-publish {directory} is no directory: make it first, best on a machine of its own.");
        await using var app = Server.Build(new ServeOptions(urls, database.ConnectionString, tokens)
        {
            RequiredReasons = parsed.GetValue(RequireReason),
            Log = log,
            WebhookNetworks = [.. parsed.GetValue(WebhookAllow)!.Select(Network)],
            Broker = broker,
            Owners = owners,
            Sources = sources,
        });
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            throw new StartupException($"{urls} cannot be listened on: {taken.Message} Give another address with --urls.");
        }

        await parsed.InvocationConfiguration.Output.WriteLineAsync($"Serving on {string.Join(" and ", app.Urls)}");
        await app.WaitForShutdownAsync(cancellation);
    }

    /// <summary>A named database belongs to others too, and so does its key: it has to be named as well.</summary>
    private static string? Key(ParseResult parsed, Database database) =>
        parsed.GetValue(LogKeyFile) ?? (database.Embedded is null ? null : Path.Combine(Path.GetFullPath(parsed.GetValue(Data) ?? DataDirectory.Default), "log.key"));

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network : throw new StartupException($"--webhook-allow {text} is no network: it reads like 10.1.0.0/16 or fd00::/8.");

    private static async Task MigrateAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var database = await OpenDatabaseAsync(parsed, migrate: true, cancellation);
        await parsed.InvocationConfiguration.Output.WriteLineAsync("The schema is up to date.");
    }

    private static async Task RebuildAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var opened = await OpenDatabaseAsync(parsed, migrate: false, cancellation);
        await using var database = Wiring.DataSource(opened.Owner);
        await using var store = Store.Open(database);
        try
        {
            var events = await Rebuild.RunAsync(store, database, cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Made the rows again from {events} events.");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartupException($"Only the owner of the tables may make the rows again: name the user who migrates in --connection ({refused.MessageText}).");
        }
    }

    /// <summary>The database that is named, or else the embedded one; an embedded one is ours to migrate.</summary>
    private static async Task<Database> OpenDatabaseAsync(ParseResult parsed, bool migrate, CancellationToken cancellation)
    {
        var logs = LoggerFactory.Create(logging => Server.LogToStandardError(logging).SetMinimumLevel(LogLevel.Information));
        var log = logs.CreateLogger("eventcheckpoints");
        if (parsed.GetValue(Connection) is { } given)
        {
            if (parsed.GetValue(Data) is not null) throw new StartupException("--data and --connection exclude each other: the embedded PostgreSQL, or one that is named.");
            var connection = Checked(given);
            if (migrate) Migrations.Apply(connection, log);
            else Migrations.Check(connection);
            return new Database(connection, connection, null, logs, log);
        }

        var embedded = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(parsed.GetValue(Data) ?? DataDirectory.Default), log, cancellation);
        try
        {
            Migrations.Apply(embedded.ConnectionString, log);
            return new Database(HostRole.LetIn(embedded.ConnectionString), embedded.ConnectionString, embedded, logs, log);
        }
        catch
        {
            await embedded.DisposeAsync();
            throw;
        }
    }

    private static string Checked(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).ConnectionString;
        }
        catch (ArgumentException wrong)
        {
            throw new StartupException($"That is no PostgreSQL connection string ({wrong.Message}): it reads like Host=db.example.org;Username=eventcheckpoints;Password=…;Database=eventcheckpoints.");
        }
    }

    /// <param name="ConnectionString">To serve with.</param>
    /// <param name="Owner">To change tables with; the same where the user named the database.</param>
    private sealed record Database(string ConnectionString, string Owner, EmbeddedPostgres? Embedded, ILoggerFactory Logs, ILogger Log) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Embedded is not null) await Embedded.DisposeAsync();
            Logs.Dispose();
        }
    }

    [LoggerMessage(33, LogLevel.Warning, "The tamper-evident log is kept, but not signed: name a key with --log-key FILE, the same for all hosts of this database")]
    private static partial void LogNotSigned(this ILogger log);

    [LoggerMessage(30, LogLevel.Warning, "The database user {user} may change and delete events: let the host log in as a member of {role} instead")]
    private static partial void MayChangeEvents(this ILogger log, string user, string role);
}
