using EventCheckpoints.Host.Cli;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>What stands around the words: options, verbs, help, completion, standard input.</summary>
public sealed class CommandLineTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Domain =
        "<domain type='test'><name>vm</name><uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7c001</uuid><memory>1</memory><os><type>hvm</type></os><devices>"
        + "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>";

    [Theory]
    [InlineData("", "serve: ")]
    [InlineData("serve", "serve: ")]
    [InlineData("serve --urls http://127.0.0.1:1", "serve: http://127.0.0.1:1")]
    [InlineData("--urls http://127.0.0.1:2", "serve: http://127.0.0.1:2")]
    public async Task Serving_is_the_default(string arguments, string expected)
    {
        var said = "";
        var urls = new System.CommandLine.Option<string>("--urls");
        var serve = new System.CommandLine.Command("serve") { urls };
        serve.SetAction(parsed => said = $"serve: {parsed.GetValue(urls)}");
        Assert.Equal(0, await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), [serve], TextWriter.Null, TextWriter.Null, TextReader.Null));
        Assert.Equal(expected, said);
    }

    [Fact]
    public async Task One_argument_may_hold_several_commands()
    {
        await server.Reset([Domain]);
        var (code, output, error) = await Run("checkpoint-create-as vm a 'x y'; nosuch");
        Assert.Equal((1, "", "error: unknown command: 'nosuch'\n"), (code, output, error));
        (code, output, error) = await Run("checkpoint-create-as vm a 'x y'; checkpoint-info vm nosuch; checkpoint-list vm --name");
        Assert.Equal((0, "Domain checkpoint a created\n\na\n\n", "error: Domain checkpoint not found: no domain checkpoint with matching name 'nosuch'\n"), (code, output, error));
        (code, output, error) = await Run("-q", "checkpoint-create-as", "vm", "b;");
        Assert.Equal((1, ""), (code, output));
        (code, output, error) = await Run("-q", "checkpoint-create-as", "vm", "b");
        Assert.Equal((0, "", ""), (code, output, error));
    }

    [Fact]
    public async Task A_batch_comes_from_standard_input_as_json()
    {
        await server.Reset([Domain]);
        var (code, output, error) = await Run(["batch", "--json"], "checkpoint-create-as vm é\ncheckpoint-list vm --name");
        Assert.Equal(0, code);
        Assert.Equal("", error);
        Assert.EndsWith("{\"cmd\":\"checkpoint-list vm --name\",\"stdout\":\"\\n\",\"stderr\":\"\",\"rc\":0}\n", output, StringComparison.Ordinal);
        Assert.StartsWith("{\"cmd\":\"checkpoint-create-as vm é\",\"stdout\":\"\\n\",\"stderr\":\"error: XML document failed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("batch nosuch.txt", "error: Failed to open file 'nosuch.txt': No such file or directory\n")]
    [InlineData("--connect ftp://x list", "error: 'ftp://x' is no address of a server, such as http://127.0.0.1:7878\n")]
    [InlineData("--if-version x list", "error: Cannot parse argument 'x' for option '--if-version' as expected type 'System.Nullable`1[System.Int64]'.\n")]
    [InlineData("--quiet", "error: no word is given; 'eventcheckpoints --help' lists them\n")]
    [InlineData("completion zsh", "error: completion is there for bash: eventcheckpoints completion bash\n")]
    [InlineData("--token-file /nosuch list", "error: Failed to open file '/nosuch': No such file or directory\n")]
    public async Task What_cannot_be_done_is_said_in_one_sentence(string arguments, string expected)
    {
        var error = new StringWriter();
        Assert.Equal(1, await CommandLine.RunAsync(arguments.Split(' '), [new("serve")], TextWriter.Null, error, TextReader.Null));
        Assert.Equal(expected, error.ToString());
    }

    [Fact]
    public async Task Help_names_every_word_and_every_option()
    {
        var (_, all, _) = await Run("--help");
        foreach (var word in EventCheckpoints.Host.Cli.Words.AllWords.Table.Words)
        {
            Assert.Contains($"    {word.Name} ", all, StringComparison.Ordinal);
            var (code, output, _) = await Run(word.Name, "--help");
            Assert.Equal(0, code);
            Assert.StartsWith($"  NAME\n    {word.Name} - {word.Summary}\n\n  SYNOPSIS\n    {word.Name}", output, StringComparison.Ordinal);
            foreach (var option in word.Options) Assert.Contains(option.Help, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("checkpoint-l", "checkpoint-list")]
    [InlineData("--conn", "--connect")]
    [InlineData("checkpoint-info v", "vm")]
    [InlineData("checkpoint-info vm mo", "monday")]
    [InlineData("checkpoint-list vm --from mo", "monday")]
    [InlineData("checkpoint-list vm --des", "--descendants")]
    [InlineData("-q checkpoint-list vm --leaves --lea", "")]
    [InlineData("checkpoint-create vm ", "")]
    public async Task Bash_is_given_words_options_and_names(string line, string expected)
    {
        await server.Reset([Domain]);
        await server.Run("checkpoint-create-as vm monday; checkpoint-create-as vm tuesday");
        Environment.SetEnvironmentVariable("EVENTCHECKPOINTS_URL", server.Address.ToString());
        var words = line.Split(' ');
        var output = new StringWriter();
        await CommandLine.RunAsync(["complete", $"{words.Length}", "eventcheckpoints", .. words], [new("serve")], output, TextWriter.Null, TextReader.Null);
        Assert.Equal(expected, output.ToString().TrimEnd('\n'));
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] arguments) => Run(arguments, "");

    private async Task<(int Code, string Output, string Error)> Run(string[] arguments, string input)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter());
        var code = await CommandLine.RunAsync(["--connect", server.Address.ToString(), .. arguments], [new("serve")], output, error, new StringReader(input));
        return (code, output.ToString(), error.ToString());
    }
}
