using System.Text.Json;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>The words that virsh lacks, or answers otherwise than ours, against a server.</summary>
[Collection("editor")] // $EDITOR is one for the whole process.
public sealed class WordsTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Domain =
        "<domain type='test'><name>vm</name><uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7b001</uuid><memory>1</memory><os><type>hvm</type></os><devices>"
        + "<graphics type='vnc' passwd='hush'/><disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>";

    [Fact]
    public async Task Dump_undefine_redefine_list_gives_the_same_dump()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([Domain]);
        await server.Run("checkpoint-create-as vm a; checkpoint-create-as vm b 'with <marks>'; checkpoint-delete vm a; checkpoint-create-as vm c");
        var dump = (await server.Run("dumpxml vm --checkpoints --security-info"))[0].Stdout;
        await File.WriteAllTextAsync(folder.In("all.xml"), dump, TestContext.Current.CancellationToken);

        var session = server.Session with { Directory = folder.Path };
        var steps = await server.Run("undefine vm; undefine vm --checkpoints-metadata; redefine-list vm all.xml --dry-run; redefine-list vm all.xml; dumpxml vm --checkpoints --security-info; redefine-list vm all.xml", session);

        Assert.Contains("cannot delete inactive domain with 2 checkpoints", steps[0].Stderr, StringComparison.Ordinal);
        Assert.Equal("Domain 'vm' has been undefined\n\n", steps[1].Stdout);
        Assert.Equal("2 would be created, 0 would be redefined, 0 unchanged; current: c\n\n", steps[2].Stdout);
        Assert.Equal("2 created, 0 redefined, 0 unchanged; current: c\n\n", steps[3].Stdout);
        Assert.Equal(dump, steps[4].Stdout);
        Assert.Equal(1, steps[5].Rc);
    }

    [Fact]
    public async Task A_bad_list_names_every_bad_item()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([Domain]);
        await File.WriteAllTextAsync(folder.In("one.xml"), "<domaincheckpoint><name>a</name><creationTime>1</creationTime><parent><name>x</name></parent></domaincheckpoint>", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("two.xml"), "<domaincheckpoint><name>b</name></domaincheckpoint>", TestContext.Current.CancellationToken);
        var step = (await server.Run("redefine-list vm one.xml two.xml", server.Session with { Directory = folder.Path }))[0];
        Assert.Contains("error: item 2", step.Stderr, StringComparison.Ordinal);
        Assert.Equal("\n", step.Stdout);
        Assert.Equal(1, step.Rc);
    }

    [Fact]
    public async Task A_rename_in_the_editor_changes_nothing()
    {
        await server.Reset([Domain]);
        Environment.SetEnvironmentVariable("EDITOR", "sed -i 's,<name>a</name>,<name>b</name>,'");
        var steps = await server.Run("checkpoint-create-as vm a; checkpoint-create-as vm b 'keep me'; checkpoint-edit vm a; checkpoint-dumpxml vm b --xpath //description; checkpoint-list vm --name");
        Assert.Equal("error: Cannot rename checkpoint a to b\nerror: Failed to update a\n", steps[2].Stderr);
        Assert.Equal("<description>keep me</description>\n\n", steps[3].Stdout);
        Assert.Equal("a\nb\n\n", steps[4].Stdout);
        Environment.SetEnvironmentVariable("EDITOR", "sed -i 's,<name>a</name>,<name>new</name>,'");
        Assert.Equal("error: Cannot rename checkpoint a to new\nerror: Failed to update a\n", (await server.Run("checkpoint-edit vm a"))[0].Stderr);
        Environment.SetEnvironmentVariable("EDITOR", "sed -i 's,<name>a</name>,<name>new</name><oops/>,'");
        Assert.StartsWith("error: XML document failed to validate against schema", (await server.Run("checkpoint-edit vm a"))[0].Stderr, StringComparison.Ordinal);
        Assert.Equal("a\nb\n\n", (await server.Run("checkpoint-list vm --name"))[0].Stdout);
        Environment.SetEnvironmentVariable("EDITOR", "true");
        Assert.Equal("Checkpoint a XML configuration not changed.\n\n", (await server.Run("checkpoint-edit vm a"))[0].Stdout);
        Environment.SetEnvironmentVariable("EDITOR", "false");
        Assert.EndsWith("unexpected exit status 1\nerror: Failed to update a\n", (await server.Run("checkpoint-edit vm a"))[0].Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint-info vm a --json", "name", "a")]
    [InlineData("checkpoint-parent vm b --json", "name", "a")]
    [InlineData("checkpoint-dumpxml vm a --json", "domainName", "vm")]
    [InlineData("dumpxml vm --json", "name", "vm")]
    public async Task Read_words_print_the_apis_json(string command, string property, string expected)
    {
        await server.Reset([Domain]);
        var step = (await server.Run($"checkpoint-create-as vm a; checkpoint-create-as vm b; {command}"))[2];
        Assert.Equal(expected, JsonDocument.Parse(step.Stdout).RootElement.GetProperty(property).GetString());
    }

    [Fact]
    public async Task Options_that_mean_a_host_are_refused()
    {
        await server.Reset([Domain]);
        foreach (var step in await server.Run("undefine vm --nvram; undefine vm --storage vda; dumpxml vm --migratable; list --state-running; list --inactive; define x.xml --validate"))
        {
            Assert.StartsWith("error: Operation not supported: ", step.Stderr, StringComparison.Ordinal);
            Assert.Equal(1, step.Rc);
        }

        Assert.Equal(" Id   Name   State\n-----------------------\n -    vm     no state\n\n", (await server.Run("list --all"))[0].Stdout);
    }

    [Fact]
    public async Task A_version_that_has_passed_is_refused()
    {
        await server.Reset([Domain]);
        var step = (await server.Run("checkpoint-create-as vm a --if-version 1 --reason 'why not'"))[0];
        Assert.Equal(1, step.Rc);
        Assert.Equal("\n", (await server.Run("checkpoint-list vm --name"))[0].Stdout);
    }

    [Fact]
    public async Task Where_no_server_answers_one_sentence_says_so()
    {
        using var nowhere = new Api(new Uri("http://127.0.0.1:9/"));
        var step = (await server.Run("list", new Session(nowhere, AllWords.Table)))[0];
        Assert.Equal(
            "error: failed to connect to the server at http://127.0.0.1:9/: Connection refused; start one with 'eventcheckpoints serve', or name another with --connect URL or EVENTCHECKPOINTS_URL\n",
            step.Stderr);
        Assert.Equal(1, step.Rc);
    }

    [Fact]
    public async Task A_batch_goes_on_whatever_failed_and_ends_with_the_last_code()
    {
        await server.Reset([Domain]);
        var steps = await server.Run("echo one; nosuch ; checkpoint-list vm 'a b' c  # no\n\n;;# nothing\ncheckpoint-list vm --name");
        Assert.Equal(
            ["echo one|one\n||0", "nosuch||error: unknown command: 'nosuch'\n|1", "checkpoint-list vm 'a b' c||error: unexpected data 'c'\n|1", "checkpoint-list vm --name|\n||0"],
            steps.Select(step => $"{step.Cmd}|{step.Stdout}|{step.Stderr}|{step.Rc}"));
    }
}
