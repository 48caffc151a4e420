using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>kill -9 of the host or of its database in the middle of an import leaves all of it or nothing, and what is there is sound.</summary>
public sealed class KilledImportTests
{
    private const int Items = 3_000;
    private const int Rounds = 4;
    private static readonly string Uuid = "11111111-2222-4333-8444-555555555555";

    [Theory]
    [InlineData("host")]
    [InlineData("database")]
    public async Task All_or_nothing(string victim)
    {
        await using var directory = new TemporaryDirectory();
        var random = new Random(20190225);
        var survived = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await using var host = await ServeProcess.StartAsync("--data", directory.Path);
            using var define = await host.Client.PostAsync(new Uri("/v1/domains", UriKind.Relative), TestHost.Xml(TestHost.DomainXml("one", Uuid)));
            Assert.True(define.IsSuccessStatusCode);
            var import = host.Client.PostAsync(new Uri("/v1/domains/one/bulk", UriKind.Relative), TestHost.Xml(List()));
            await MiddleAsync(directory.Path, random.Next(3), import);
            if (victim == "host") await host.KillAsync();
            else KillPostmaster(directory.Path);
            var answered = await Answered(import);
            if (victim == "database") await UntilHealthyAsync(host.Client);
            else Assert.False(answered);

            await using var next = victim == "host" ? await ServeProcess.StartAsync("--data", directory.Path) : host;
            var domain = (await next.Client.GetFromJsonAsync<JsonNode>(new Uri("/v1/domains/one", UriKind.Relative)))!;
            var count = (int)domain["checkpoints"]!;
            Assert.True(count is 0 or Items, $"{count} of {Items} after the kill of the {victim}");
            Assert.True(count == Items || !answered, "the import was confirmed and is gone");
            var dumped = await next.Client.GetStringAsync(new Uri("/v1/domains/one/bulk?no-domain=true", UriKind.Relative));
            Assert.Equal(count, dumped.Split("<domaincheckpoint>").Length - 1);
            survived += count == 0 ? 0 : 1;
            using var undefine = await next.Client.DeleteAsync(new Uri("/v1/domains/one?checkpoints-metadata=true", UriKind.Relative));
            Assert.True(undefine.IsSuccessStatusCode);
            Assert.Equal(0, await next.StopAsync());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{survived} of {Rounds} imports were committed before the kill of the {victim}");
    }

    /// <summary>Until the import's transaction is seen at work, and a while more, or it is through.</summary>
    private static async Task MiddleAsync(string data, int looks, Task import)
    {
        await using var database = NpgsqlDataSource.Create($"Host={Path.Combine(data, "run")};Username=eventcheckpoints;Database=eventcheckpoints;Pooling=false");
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_stat_activity where application_name = 'eventcheckpoints' and state = 'active' and query ~ 'mt_quick_append|checkpoint_states'", connection);
        for (var seen = 0; seen <= looks && !import.IsCompleted;)
            if ((long)(await command.ExecuteScalarAsync())! > 0) seen++;
    }

    private static void KillPostmaster(string data)
    {
        var id = int.Parse(File.ReadLines(Path.Combine(data, "cluster", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
        using var postmaster = Process.GetProcessById(id);
        postmaster.Kill();
    }

    private static async Task<bool> Answered(Task<HttpResponseMessage> import)
    {
        try
        {
            using var response = await import;
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task UntilHealthyAsync(HttpClient client)
    {
        while (true)
        {
            using var health = await client.GetAsync(new Uri("/healthz", UriKind.Relative));
            if (health.IsSuccessStatusCode) return;
            await Task.Yield();
        }
    }

    private static string List()
    {
        var list = new StringBuilder("<checkpoints current='c0'>");
        for (var i = 0; i < Items; i++)
        {
            list.Append(System.Globalization.CultureInfo.InvariantCulture, $"<domaincheckpoint><name>c{i}</name>");
            if (i > 0) list.Append(System.Globalization.CultureInfo.InvariantCulture, $"<parent><name>c{(i - 1) / 2}</name></parent>");
            list.Append(System.Globalization.CultureInfo.InvariantCulture, $"<creationTime>{i + 1}</creationTime></domaincheckpoint>");
        }

        return list.Append("</checkpoints>").ToString();
    }
}
