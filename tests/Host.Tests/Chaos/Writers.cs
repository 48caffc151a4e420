using System.Net;
using Npgsql;

namespace EventCheckpoints.Host.Tests.Chaos;

/// <summary>Who changes domains, each through whichever host, asking again where one goes away meanwhile.</summary>
internal sealed class Writers(Hosts hosts) : IDisposable
{
    private const string Shared = "shared";

    private readonly HttpClient _client = new();

    /// <summary>One writer with a domain of its own and a part in one that all change, so that races are lost and leave gaps in the order.</summary>
    public async Task WriteAsync(int number, CancellationToken done)
    {
        await DefineAsync(Shared, new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]));
        await DefineAsync($"own{number}", Guid.NewGuid());
        for (var i = 0; !done.IsCancellationRequested; i++)
        {
            var (domain, name) = (i % 3 == 0 ? Shared : $"own{number}", $"w{number}-{i}");
            await AskAsync(HttpMethod.Post, $"/v1/domains/{domain}/checkpoints", $"<domaincheckpoint><name>{name}</name></domaincheckpoint>");
            // With what is reparented by it: several events in one transaction.
            if (i % 4 == 3) await AskAsync(HttpMethod.Delete, $"/v1/domains/own{number}/checkpoints/w{number}-{i - 1}", null);
        }
    }

    /// <summary>Draws a number, and commits its event when later ones have long been committed; now and then it never does.</summary>
    public static async Task StraggleAsync(string owner, CancellationToken done)
    {
        var random = new Random(11);
        await using var source = NpgsqlDataSource.Create(owner);
        for (var i = 0; !done.IsCancellationRequested; i++)
        {
            await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            await using var draw = new NpgsqlCommand("select nextval('eventcheckpoints.mt_events_sequence')", connection, transaction);
            var late = await draw.ExecuteScalarAsync(CancellationToken.None);
            // The time is the point of it: shorter and longer than readers wait for.
            await Task.Delay(random.Next(1, 600), CancellationToken.None);
            await using var insert = new NpgsqlCommand(
                $"""
                insert into eventcheckpoints.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, headers)
                select {late}, gen_random_uuid(), stream_id, {1_000_000 + i}, data, 'domain_renamed', now(), tenant_id, headers from eventcheckpoints.mt_events
                where type = 'domain_registered' order by seq_id limit 1
                """, connection, transaction);
            await insert.ExecuteNonQueryAsync(CancellationToken.None);
            if (i % 5 == 4) await transaction.RollbackAsync(CancellationToken.None);
            else await transaction.CommitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _client.Dispose();

    private Task DefineAsync(string name, Guid uuid) => AskAsync(HttpMethod.Post, "/v1/domains", TestHost.DomainXml(name, uuid.ToString()));

    /// <summary>Until it is answered. What was done before the answer was lost is refused as done already, or gone already.</summary>
    private async Task AskAsync(HttpMethod method, string path, string? xml)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(hosts.Any(), path)) { Content = xml is null ? null : TestHost.Xml(xml) };
                using var answer = await _client.SendAsync(request);
                if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound) return;
                if ((int)answer.StatusCode < 500) throw new InvalidOperationException($"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // Killed; another one answers.
            }

            await Task.Delay(20);
        }
    }
}
