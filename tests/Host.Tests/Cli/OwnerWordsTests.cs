using System.Text.Json.Nodes;
using EventCheckpoints.Domain;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>Who answers for a checkpoint: said by the command that makes it, by its name, or later.</summary>
public sealed class OwnerWordsTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Domain =
        "<domain type='test'><name>vm</name><uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7b017</uuid><memory>1</memory><os><type>hvm</type></os><devices>"
        + "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>";

    [Fact]
    public async Task An_owner_is_said_at_the_making_or_later_and_shown_and_listed_by()
    {
        await server.Reset([Domain]);
        var steps = await server.Run(
            """
            checkpoint-create-as vm a --owner 'the night job'; checkpoint-create-as vm b; checkpoint-owner vm b veeam; checkpoint-owner vm b veeam; checkpoint-info vm a
            checkpoint-list vm --owner veeam --name; checkpoint-owner vm b --none --reason 'no longer used'; checkpoint-owner vm b --none; checkpoint-list vm --owner veeam --name
            """);
        Assert.Equal(
            [
                "Domain checkpoint a created\n", "Domain checkpoint b created\n", "veeam answers for checkpoint b now\n\n", "veeam answers for checkpoint b already\n\n",
                "Name:           a\nDomain:         vm\nParent:         -\nChildren:       1\nDescendants:    1\nOwner:          the night job\n\n",
                "b\n\n", "Nobody answers for checkpoint b any more\n\n", "Nobody answers for checkpoint b, as before\n\n", "\n",
            ],
            steps.Select(step => step.Stdout));
        Assert.All(steps, step => Assert.Equal("", step.Stderr));

        var table = Assert.Single(await server.Run("checkpoint-list vm --state")).Stdout;
        Assert.Matches(
            """
            \A Name   Creation Time               Owner           State
            -+
             a      \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000   the night job   ?
             b      \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000   -               ?

            \z
            """.ReplaceLineEndings("\n"),
            table);
        var history = Assert.Single(await server.Run("history vm b --json")).Stdout;
        Assert.Contains("""[{"field":"owner","before":null,"after":"veeam"}]""", history, StringComparison.Ordinal);
        Assert.Contains("""[{"field":"owner","before":"veeam","after":null}]""", history, StringComparison.Ordinal);
    }

    /// <summary>From the event that made a checkpoint its owner's to the one that ended that, both included; what happened to it before or later is somebody else's.</summary>
    [Fact]
    public async Task Events_and_records_are_found_by_who_answered_for_the_checkpoint_then()
    {
        await server.Reset([Domain]);
        await server.Run(
            """
            checkpoint-create-as vm a --owner ours; checkpoint-create-as vm b; checkpoint-create-as vm c --owner theirs
            hold-place vm a --id h --reason x; hold-release vm h --reason x; checkpoint-owner vm b ours; checkpoint-owner vm a theirs; checkpoint-delete vm a; checkpoint-delete vm b
            checkpoint-create-as vm a
            """);
        const string Ours = "checkpoint_created a, checkpoint_owner_changed a, hold_placed a, hold_released a, checkpoint_owner_changed b, checkpoint_owner_changed a, checkpoint_reparented b, checkpoint_deleted b";
        Assert.Equal(Ours, await FoundAsync("ours"));
        Assert.Equal("checkpoint_created c, checkpoint_owner_changed c, checkpoint_owner_changed a, checkpoint_deleted a, checkpoint_reparented c", await FoundAsync("theirs"));
        Assert.Equal("", await FoundAsync("nobody"));
        var names = EventCheckpoints.Host.Events.EventTypes.All.ToDictionary(type => type.Value, type => type.Key);
        var feed = JsonNode.Parse((await server.Session.Api.GetJson("v1/events?from=start&owner=ours&domain=vm&limit=1000")).Value!)!["items"]!.AsArray();
        Assert.Equal(Ours, string.Join(", ", feed.Select(one => $"{names[(string)one!["type"]!]} {one["subject"]}")));
    }

    private async Task<string> FoundAsync(string owner)
    {
        var records = (await server.Session.Api.GetAll<JsonNode>($"v1/audit?order=oldest&owner={owner}&domain=vm")).Value!;
        return string.Join(", ", records.Select(record => $"{record["type"]} {record["checkpoint"]}"));
    }

    [Fact]
    public async Task What_is_missing_or_no_owner_is_told_in_one_sentence()
    {
        await server.Reset([Domain]);
        var steps = await server.Run(
            "checkpoint-create-as vm a; checkpoint-owner vm a; checkpoint-owner vm a x --none; checkpoint-owner vm nosuch x; checkpoint-owner vm a ' x'; checkpoint-create-as vm c --owner ' x'; checkpoint-list vm --owner ' x'; checkpoint-list vm --name");
        Assert.Equal(
            [
                "error: whose it is: one of an owner and --none is needed\n",
                "error: whose it is: one of an owner and --none is needed\n",
                "error: Domain checkpoint not found: no domain checkpoint with matching name 'nosuch'\n",
                .. Enumerable.Repeat("error: invalid argument: an owner has 1 to 128 characters on one line, and neither begins nor ends with a blank\n", 3),
            ],
            steps.Skip(1).SkipLast(1).Select(step => step.Stderr));
        Assert.Equal("a\n\n", steps[^1].Stdout);
    }

    [Fact]
    public void Names_say_whose_new_ones_are_and_the_file_of_rules_is_read_strictly()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """[{"checkpoint":"virtnbdbackup.*","owner":"virtnbdbackup"},{"checkpoint":"*","owner":"somebody"}]""");
            Assert.Equal([new OwnerRule("virtnbdbackup.*", Owner.Trusted("virtnbdbackup")), new OwnerRule("*", Owner.Trusted("somebody"))], Server.ReadOwners(file).Rules);
            foreach (var wrong in (string[])["", "{}", "[]", "null", """[{"checkpoint":"x"}]""", """[{"owner":"x"}]""", """[{"checkpoint":"x","owner":" "}]"""])
            {
                File.WriteAllText(file, wrong);
                Assert.StartsWith(file, Assert.Throws<StartupException>(() => Server.ReadOwners(file)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
