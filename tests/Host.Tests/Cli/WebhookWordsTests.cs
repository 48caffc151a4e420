using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EventCheckpoints.Host.Tests.Webhooks;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>The words about webhooks.</summary>
public sealed class WebhookWordsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_webhook_from_its_making_to_its_end()
    {
        await using var target = await WebhookTarget.StartAsync();
        var made = (await server.Run($"webhook-create {target.Url} --type '*.checkpoint.*' --description archive"))[0].Stdout;
        var match = Regex.Match(made, @"\AWebhook: +(\S{36})\nSecret: +(whsec_\S+)\n\n\z");
        Assert.True(match.Success, made);
        var (id, secret) = (match.Groups[1].Value, match.Groups[2].Value);
        var steps = await server.Run($"webhook-test {id}; webhook-rotate {id}; webhook-pause {id} --reason maintenance; webhook-list; webhook-resume {id}; webhook-replay {id} --from start; webhook-deliveries {id}; webhook-dead-letters {id}");
        Assert.All(steps, step => Assert.Equal("", step.Stderr));
        Assert.Matches(@"\ADelivered in \d+ ms: 200\n\n\z", steps[0].Stdout);
        Assert.True(StandardWebhooksVerifier.Accepts(secret, target.Received[0], DateTimeOffset.UtcNow));
        Assert.Matches(@"\Awhsec_\S+\n\n\z", steps[1].Stdout);
        Assert.Equal($"Webhook {id} paused\n\n", steps[2].Stdout);
        Assert.Matches(@$"(?m)^ {id} +{Regex.Escape(target.Url.ToString())} +paused +\d+ .* 0 +0 +0 +archive$", steps[3].Stdout);
        Assert.Equal($"Webhook {id} resumed\n\n", steps[4].Stdout);
        Assert.Equal($"Webhook {id} is sent everything from start on again\n\n", steps[5].Stdout);
        Assert.Matches(@"(?m)^ \S+ \S+ \S+ +1 +delivered +200 +\d+ ms *$", steps[6].Stdout);
        Assert.Matches(@"\A Sequence +Domain +Attempts +Given up +Status +Error\n-+\n\n\z", steps[7].Stdout);
        target.Answer = WebhookTarget.Status(StatusCodes.Status500InternalServerError);
        steps = await server.Run($"webhook-test {id}; webhook-list --json; webhook-delete {id} --reason over; webhook-list --json; webhook-delete {id}; webhook-pause ..; webhook-create http://10.0.0.1/; webhook-dead-letters {id} --send 17");
        Assert.Equal("error: not delivered: answered 500 Internal Server Error\n", steps[0].Stderr);
        Assert.All(JsonNode.Parse(steps[1].Stdout)!["items"]![0]!["filter"]!["types"]!.AsArray(), type => Assert.Contains("checkpoint", (string?)type, StringComparison.Ordinal));
        Assert.Equal("{\"items\":[],\"next\":null}\n\n", steps[3].Stdout);
        Assert.Equal($"error: invalid argument: no webhook has the id '{id}'\n", steps[4].Stderr);
        Assert.Equal("error: invalid argument: no webhook has the id '..'\n", steps[5].Stderr);
        Assert.Equal("error: invalid argument: 10.0.0.1 is no public address and none of those allowed with --webhook-allow\n", steps[6].Stderr);
        Assert.Equal($"error: invalid argument: no webhook has the id '{id}'\n", steps[7].Stderr);
    }
}
