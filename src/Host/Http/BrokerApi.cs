using EventCheckpoints.Domain;
using EventCheckpoints.Host.Broker;

namespace EventCheckpoints.Host.Http;

/// <summary>/v1/broker: how publishing to the message broker goes, as this host sees it.</summary>
internal static class BrokerApi
{
    public static void MapBroker(this IEndpointRouteBuilder api) => api.MapGet("/broker", (IServiceProvider services) =>
        services.GetService<BrokerPublisher>() is { } publisher
            ? Results.Ok(publisher.Status)
            : new Refusal(Rule.BrokerNotConfigured, "no message broker is configured: serve --broker FILE names one").Problem())
        .RequireAuthorization(Access.Reader).Produces<BrokerStatus>();
}
