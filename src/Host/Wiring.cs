using EventCheckpoints.Domain;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Duties;
using EventCheckpoints.Host.Events;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Host.Sources;
using EventCheckpoints.Host.Web;
using EventCheckpoints.Host.Webhooks;
using EventCheckpoints.Projections;
using Marten;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>Who answers what: the services of a running host.</summary>
public static class Wiring
{
    public static void AddEventCheckpoints(this IServiceCollection services, ServeOptions options)
    {
        var connectionString = options.Connection;
        services.AddSingleton(options.Time);
        services.AddSingleton(_ => DataSource(connectionString));
        services.AddSingleton<IDocumentStore>(provider => Store.Open(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<Forests>();
        services.AddSingleton<Definitions>();
        services.AddSingleton<PastVersions>();

        services.AddSingleton<IMediator>(provider => new Mediator(provider.GetService!));
        services.AddSingleton(provider => new SubmitHandler(
            provider.GetRequiredService<IDocumentStore>(), provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<Forests>(), provider.GetRequiredService<Definitions>(), options.RequiredReasons, options.Owners));
        services.AddSingleton<IRequestHandler<Submit, Result<Submitted>>>(provider => provider.GetRequiredService<SubmitHandler>());
        services.AddSingleton<IRequestHandler<FindDomain, Result<DomainSummary>>, Domains>();
        services.AddSingleton<IRequestHandler<FindDomainThen, Result<DomainSummary>>, DomainThen>();
        services.AddSingleton<IRequestHandler<GetDiff, Result<DiffView>>, Diff>();
        services.AddSingleton<IRequestHandler<ListDomains, Result<Page<DomainSummary>>>, Domains>();
        services.AddSingleton<IRequestHandler<ListDomainsThen, Result<Page<DomainSummary>>>, DomainsThen>();
        services.AddSingleton<IRequestHandler<GetForestPicture, ForestPicture>, ForestPictures>();
        services.AddSingleton<IRequestHandler<GetTimeline, IReadOnlyList<TimelinePart>>, Timelines>();
        services.AddSingleton<IRequestHandler<ListCheckpoints, Result<CheckpointPage>>, Checkpoints>();
        services.AddSingleton<IRequestHandler<GetCheckpoint, Result<CheckpointView>>, OneCheckpoint>();
        services.AddSingleton<IRequestHandler<GetCheckpointXml, Result<string>>, OneCheckpoint>();
        services.AddSingleton<IRequestHandler<ListHolds, Result<Page<HoldItem>>>, Holds>();
        services.AddSingleton<IRequestHandler<GetCurrent, CurrentView>, Current>();
        services.AddSingleton<IRequestHandler<GetBulkXml, BulkDocument>, BulkXml>();
        services.AddSingleton(provider => new EventRows(provider.GetRequiredService<NpgsqlDataSource>(), Store.EventNames));
        services.AddSingleton<SafeSequence>();
        services.AddSingleton(options.Log);
        services.AddSingleton<LogTree>();
        services.AddSingleton<LogWriter>();
        services.AddSingleton<LogPublisher>();
        services.AddSingleton<LogSigner>();
        services.AddSingleton<LogKeeper>();
        services.AddSingleton<Faults>();
        services.AddSingleton<ExportedLog>();
        services.AddSingleton(provider => new Feed(provider.GetRequiredService<NpgsqlDataSource>(), Store.EventNames));
        services.AddSingleton<IRequestHandler<ReadFeed, FeedPage>>(provider => provider.GetRequiredService<Feed>());
        services.AddSingleton<IRequestHandler<FindFeedPosition, FeedPosition>>(provider => provider.GetRequiredService<Feed>());
        services.AddSingleton<IRequestHandler<FindFeedEnd, FeedPosition>>(provider => provider.GetRequiredService<Feed>());
        services.AddSingleton<FeedTip>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedTip>());
        services.AddSingleton<EventBell>();
        services.AddSingleton<IPipelineBehavior<Submit, Result<Submitted>>>(provider => provider.GetRequiredService<EventBell>());
        services.AddHostedService(provider => provider.GetRequiredService<EventBell>());
        services.AddSingleton(new WebhookTargets(options.WebhookNetworks));
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookRows>();
        services.AddSingleton<WebhookLanes>();
        services.AddSingleton<WebhookTools>();
        services.AddSingleton<WebhookChanges>();
        services.AddSingleton<WebhookDeliveries>();
        services.AddSingleton<IDuty, WebhookDuty>();
        if (options.Broker is { } broker) services.AddBroker(broker);
        services.AddHostedService(provider => new DutyRoster(
            connectionString, provider.GetServices<IDuty>(), provider.GetRequiredService<Faults>(), provider.GetRequiredService<ILogger<DutyRoster>>()));
        services.AddSingleton<AuditWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LogKeeper>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditWriter>());
        services.AddSingleton<IRequestHandler<FindKnownDomain, Result<KnownDomain>>, KnownDomains>();
        services.AddSingleton<IRequestHandler<ListHistory, Result<Page<HistoryRecord>>>, History>();
        services.AddSingleton<IRequestHandler<ListAudit, Result<Page<HistoryRecord>>>, Audit>();
        services.AddSingleton<IRequestHandler<ExportAudit, Result<AuditExport>>, Audit>();
    }

    /// <summary>Publishes the feed to a broker, from one host at a time.</summary>
    public static void AddBroker(this IServiceCollection services, BrokerSettings broker)
    {
        services.AddSingleton(broker);
        services.AddSingleton<BrokerPublisher>();
        services.AddSingleton<IDuty>(provider => provider.GetRequiredService<BrokerPublisher>());
    }

    /// <summary>Learns from libvirt hosts, from each on one host at a time.</summary>
    internal static void AddSources(this IServiceCollection services, SourceOptions sources)
    {
        services.AddSingleton(sources);
        services.AddSingleton<OwnWords>();
        services.AddSingleton<SourceRows>();
        foreach (var source in sources.All)
        {
            services.AddSingleton<IDuty>(provider => new SourceDuty(
                source, provider.GetRequiredService<OwnWords>(), provider.GetRequiredService<SourceRows>(), provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<ILogger<SourceDuty>>()));
        }
    }

    /// <summary>The application's connections. In UTC, since Marten's quick append writes (now() at time zone 'utc') into a timestamptz.</summary>
    public static NpgsqlDataSource DataSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Timezone = "UTC", ApplicationName = "eventcheckpoints" };
        // The same few statements over and over: planned once a connection.
        if (settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = 64;
        // No session is left otherwise than it was found: what is set is set within a transaction, and who listens has a connection until the host ends. To reset each took seven statements a use.
        settings.NoResetOnClose = true;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Short queries by key: to start a second process for one takes ten times as long as the query, and to compile it longer still. By a statement, since what
        // pools connections in between may refuse it among the options of a start.
        builder.UsePhysicalConnectionInitializer(
            connection => Settle(connection).ExecuteNonQuery(),
            async connection => await Settle(connection).ExecuteNonQueryAsync());
        return builder.Build();

        static NpgsqlCommand Settle(NpgsqlConnection connection) => new("set max_parallel_workers_per_gather = 0; set jit = off", connection);
    }

    public static void MapEventCheckpoints(this WebApplication app)
    {
        // Whether requests can be answered here: for what spreads them over hosts.
        app.MapGet("/readyz", (NpgsqlDataSource database, HttpContext context) => ReadyAsync(database, context)).AllowAnonymous();
        // Whether all is well, and what is not: for people, and what calls them.
        app.MapGet("/healthz", async (NpgsqlDataSource database, Faults faults, HttpContext context) =>
        {
            var answer = await ReadyAsync(database, context);
            return faults.All.Count == 0 ? answer : Results.Text(string.Concat(faults.All.Select(fault => $"{fault.Key}: {fault.Value}\n")), statusCode: StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous();
        app.MapOpenApi();
        app.MapGet(AsyncApi.Path, (HttpContext context) => Results.Json(AsyncApi.Document(context.Request, context.RequestServices.GetService<BrokerSettings>() as RabbitMqSettings))).ExcludeFromDescription();
        app.MapPages();
        var api = app.MapGroup("/v1");
        api.AddEndpointFilter(Recorded.Refusals);
        api.MapDomains();
        api.MapCheckpoints();
        api.MapHolds();
        api.MapObservations();
        api.MapSources();
        api.MapPrune();
        api.MapBulk();
        api.MapDiff();
        api.MapHistory();
        api.MapAudit();
        api.MapLog();
        api.MapEvents();
        api.MapWebhooks();
        api.MapBroker();
    }

    private static async Task<IResult> ReadyAsync(NpgsqlDataSource database, HttpContext context)
    {
        await using var command = database.CreateCommand("select 1");
        await command.ExecuteScalarAsync(context.RequestAborted);
        return Results.Text("ok\n");
    }
}
