using EventCheckpoints.Domain;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Host.Duties;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;
using Marten;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>Who answers what: the services of a running host.</summary>
public static class Wiring
{
    public static void AddEventCheckpoints(this IServiceCollection services, string connectionString, RequiredReasons requiredReasons = RequiredReasons.None, LogSettings? log = null)
    {
        services.AddSingleton(_ => DataSource(connectionString));
        services.AddSingleton<IDocumentStore>(provider => Store.Open(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<Forests>();
        services.AddSingleton<Definitions>();
        services.AddSingleton<PastVersions>();

        services.AddSingleton<IMediator>(provider => new Mediator(provider.GetService!));
        services.AddSingleton(provider => new SubmitHandler(
            provider.GetRequiredService<IDocumentStore>(), provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<Forests>(), provider.GetRequiredService<Definitions>(), requiredReasons));
        services.AddSingleton<IRequestHandler<Submit, Result<Submitted>>>(provider => provider.GetRequiredService<SubmitHandler>());
        services.AddSingleton<IRequestHandler<FindDomain, Result<DomainSummary>>, Domains>();
        services.AddSingleton<IRequestHandler<FindDomainThen, Result<DomainSummary>>, DomainThen>();
        services.AddSingleton<IRequestHandler<GetDiff, Result<DiffView>>, Diff>();
        services.AddSingleton<IRequestHandler<ListDomains, Result<Page<DomainSummary>>>, Domains>();
        services.AddSingleton<IRequestHandler<ListCheckpoints, Result<CheckpointPage>>, Checkpoints>();
        services.AddSingleton<IRequestHandler<GetCheckpoint, Result<CheckpointView>>, OneCheckpoint>();
        services.AddSingleton<IRequestHandler<GetCheckpointXml, Result<string>>, OneCheckpoint>();
        services.AddSingleton<IRequestHandler<ListHolds, Result<Page<HoldItem>>>, Holds>();
        services.AddSingleton<IRequestHandler<GetCurrent, CurrentView>, Current>();
        services.AddSingleton<IRequestHandler<GetBulkXml, BulkDocument>, BulkXml>();
        services.AddSingleton(provider => new EventRows(provider.GetRequiredService<NpgsqlDataSource>(), Store.EventNames));
        services.AddSingleton<SafeSequence>();
        services.AddSingleton(log ?? LogSettings.WithoutKey);
        services.AddSingleton<LogTree>();
        services.AddSingleton<LogWriter>();
        services.AddSingleton<LogSigner>();
        services.AddSingleton<LogKeeper>();
        services.AddSingleton<ExportedLog>();
        services.AddSingleton(provider => new Feed(provider.GetRequiredService<NpgsqlDataSource>(), Store.EventNames));
        services.AddSingleton<IRequestHandler<ReadFeed, FeedPage>>(provider => provider.GetRequiredService<Feed>());
        services.AddSingleton<IRequestHandler<FindFeedPosition, FeedPosition>>(provider => provider.GetRequiredService<Feed>());
        services.AddSingleton<FeedTip>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedTip>());
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

    /// <summary>The application's connections. In UTC, since Marten's quick append writes (now() at time zone 'utc') into a timestamptz.</summary>
    public static NpgsqlDataSource DataSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Timezone = "UTC", ApplicationName = "eventcheckpoints" };
        // The same few statements over and over: planned once a connection.
        if (settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = 64;
        return NpgsqlDataSource.Create(settings);
    }

    public static void MapEventCheckpoints(this WebApplication app)
    {
        app.MapGet("/healthz", async (NpgsqlDataSource database, HttpContext context) =>
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(context.RequestAborted);
            return Results.Text("ok\n");
        }).AllowAnonymous();
        app.MapOpenApi();
        var api = app.MapGroup("/v1");
        api.AddEndpointFilter(Recorded.Refusals);
        api.MapDomains();
        api.MapCheckpoints();
        api.MapHolds();
        api.MapBulk();
        api.MapDiff();
        api.MapHistory();
        api.MapAudit();
        api.MapLog();
        api.MapEvents();
    }
}
