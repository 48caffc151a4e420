using EventCheckpoints.Domain;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Projections;
using Marten;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>Who answers what: the services of a running host.</summary>
public static class Wiring
{
    public static void AddEventCheckpoints(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => DataSource(connectionString));
        services.AddSingleton<IDocumentStore>(provider => Store.Open(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<Forests>();
        services.AddSingleton<Definitions>();

        services.AddSingleton<IMediator>(provider => new Mediator(provider.GetService!));
        services.AddSingleton<SubmitHandler>();
        services.AddSingleton<IRequestHandler<Submit, Result<Submitted>>>(provider => provider.GetRequiredService<SubmitHandler>());
        services.AddSingleton<IRequestHandler<FindDomain, Result<DomainSummary>>, Domains>();
        services.AddSingleton<IRequestHandler<ListDomains, Result<Page<DomainSummary>>>, Domains>();
        services.AddSingleton<IRequestHandler<ListCheckpoints, Result<Page<CheckpointItem>>>, Checkpoints>();
        services.AddSingleton<IRequestHandler<GetCheckpoint, Result<CheckpointView>>, OneCheckpoint>();
        services.AddSingleton<IRequestHandler<GetCheckpointXml, Result<string>>, OneCheckpoint>();
        services.AddSingleton<IRequestHandler<GetCurrent, CurrentView>, Current>();
        services.AddSingleton<IRequestHandler<GetBulkXml, BulkDocument>, BulkXml>();
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
        api.MapDomains();
        api.MapCheckpoints();
        api.MapBulk();
    }
}
