using System.Diagnostics;
using System.Net.Security;
using EventCheckpoints.Host.Broker;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Broker;

/// <summary>What the file of --broker may say.</summary>
public sealed class BrokerSettingsTests
{
    [Fact]
    public async Task A_file_that_says_everything_is_understood_in_any_order()
    {
        var settings = Assert.IsType<RabbitMqSettings>(await ReadAsync(
            """{"from":"now","window":7,"uri":"amqps://u:s%40cret@mq.example.org/checkpoints","exchange":"vm","filter":{"type":"checkpoint_*","checkpoint":"nightly-*","actor":"a","source":"api","domain":"5d1f6b0e-9c7a-4a53-8f27-1b1f0c9a7e42"},"kind":"rabbitmq"}"""));
        Assert.Equal(("rabbitmq/vm", "vm", 7, BrokerStart.Now, "mq.example.org:5671"), (settings.Name, settings.Exchange, settings.Window, settings.From, settings.Place));
        Assert.Equal(("nightly-*", "a", "api", "5d1f6b0e-9c7a-4a53-8f27-1b1f0c9a7e42"), (settings.Wanted.Checkpoint, settings.Wanted.Actor, settings.Wanted.Source, settings.Wanted.Domain.ToString()));
        Assert.Equal(Store.EventNames.Values.Where(name => name.StartsWith("checkpoint_", StringComparison.Ordinal)).Order(), settings.Wanted.Types!.Order());
        Assert.DoesNotContain("cret", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_has_to_be_for_the_name_that_is_connected_to()
    {
        var settings = Assert.IsType<RabbitMqSettings>(await ReadAsync("""{"kind":"rabbitmq","uri":"amqps://u:secret@mq.example.org/checkpoints"}"""));
        var tls = settings.Factory().Endpoint.Ssl;
        Assert.Equal((true, "mq.example.org", SslPolicyErrors.None), (tls.Enabled, tls.ServerName, tls.AcceptablePolicyErrors));
    }

    [Fact]
    public async Task What_is_left_out_has_its_usual_value()
    {
        var settings = Assert.IsType<RabbitMqSettings>(await ReadAsync("""{"kind":"rabbitmq","uri":"amqp://localhost"}"""));
        Assert.Equal(("eventcheckpoints", 100, BrokerStart.Start, true, "localhost:5672"), (settings.Exchange, settings.Window, settings.From, settings.Wanted.IsAll, settings.Place));
    }

    [Theory]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","exchnage":"x"}""", "there is no setting 'exchnage'")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","filter":{"name":"x"}}""", "there is no filter 'name'")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","filter":{"domain":"web"}}""", "the filter's domain has to be a UUID")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","filter":{"type":"snapshot.*"}}""", "the filter's type 'snapshot.*' matches none of io.eventcheckpoints.domain.registered.v1, ")]
    [InlineData("""{"kind":"kafka","uri":"amqp://u:secret@h"}""", "and kind one of those there are (rabbitmq)")]
    [InlineData("""{"uri":"amqp://u:secret@h"}""", "and kind one of those there are (rabbitmq)")]
    [InlineData("""{"kind":"rabbitmq"}""", "uri has to read like amqps://")]
    [InlineData("""{"kind":"rabbitmq","uri":"http://u:secret@h"}""", "uri has to read like amqps://")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h/a/b"}""", "uri has to read like amqps://")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h:99999999"}""", "uri has to read like amqps://")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","exchange":""}""", "exchange has to be a name")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","exchange":"amq.topic"}""", "exchange has to be a name")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","window":0}""", "window has to be from 1 to 100")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","window":"secret"}""", "window is not understood: ")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h","from":"2026"}""", "from is not understood: ")]
    [InlineData("""{"kind":"rabbitmq","uri":"amqp://u:secret@h" secret""", "it has to be a JSON object such as ")]
    [InlineData("null", "it has to be a JSON object such as ")]
    public async Task What_is_wrong_is_said_in_one_sentence_without_credentials(string text, string sentence)
    {
        var refused = (await Assert.ThrowsAsync<StartupException>(() => ReadAsync(text))).Message;
        Assert.Contains(sentence, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused);
    }

    [Fact]
    public async Task Serve_refuses_to_start_with_a_file_that_it_does_not_understand()
    {
        await using var directory = new TemporaryDirectory();
        using var serve = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "eventcheckpoints"), ["serve", "--data", directory.In("data"), "--broker", directory.In("none.json")])
        {
            RedirectStandardError = true,
        })!;
        Assert.Contains("none.json", await serve.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await serve.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, serve.ExitCode);
        Assert.False(Directory.Exists(directory.In("data")));
    }

    private static async Task<BrokerSettings> ReadAsync(string text)
    {
        await using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.In("broker.json"), text);
        return BrokerSettings.Read(directory.In("broker.json"));
    }
}
