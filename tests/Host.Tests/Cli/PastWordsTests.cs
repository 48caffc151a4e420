using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>--at on the read words, and diff with its exit codes.</summary>
public sealed class PastWordsTests(TestServer server) : IClassFixture<TestServer>
{
    private static string Domain(int memory) =>
        $"""
        <domain type='test'>
          <name>vm</name>
          <uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7b002</uuid>
          <memory>{memory}</memory>
          <os><type>hvm</type></os>
          <devices>
            <graphics type='vnc' passwd='hush{memory}'/>
            <disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>
          </devices>
        </domain>

        """;

    [Fact]
    public async Task Read_words_answer_as_of_then()
    {
        var at = await Grow();
        string[] words = ["checkpoint-list vm --tree", "checkpoint-list vm --from a --name", "checkpoint-info vm b", "checkpoint-parent vm b", "checkpoint-dumpxml vm b --no-domain", "dumpxml vm", "dumpxml vm --checkpoints", "checkpoint-list vm --json"];
        var before = await server.Run(string.Join(';', words));
        Assert.All(before, step => Assert.Equal(0, step.Rc));
        await server.Run("checkpoint-delete vm a; checkpoint-create-as vm c; domrename vm vm2; undefine vm2 --checkpoints-metadata");
        var then = await server.Run(string.Join(';', words.Select(word => $"{word.Replace("vm", "vm2", StringComparison.Ordinal)} --at {at}")));
        Assert.Equal(before.Select(step => step.Stdout), then.Select(step => step.Stdout));

        var refused = await server.Run($"dumpxml vm2 --at 99999; checkpoint-list vm2 --at 1999-01-01T00:00:00Z; checkpoint-info vm2 a --at soon; dumpxml vm2 --occurred; checkpoint-parent vm2 'a b' --at {at}");
        Assert.All(refused, step => Assert.Equal(1, step.Rc));
        Assert.Matches("error: invalid argument: domain .* is at version [0-9]+, and 99999 is still to come", refused[0].Stderr);
        Assert.Matches("error: Domain not found: domain 'vm2' was not registered at 1999-01-01T00:00:00Z; it is known since ", refused[1].Stderr);
        Assert.Contains("'soon' is neither a version such as 17 nor a time", refused[2].Stderr, StringComparison.Ordinal);
        Assert.Contains("by goes with at", refused[3].Stderr, StringComparison.Ordinal);
        Assert.Contains("no domain checkpoint with matching name 'a b'", refused[4].Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_domains_has_a_past_by_time()
    {
        await Grow();
        var steps = await server.Run("list --name; list --name --at 1999-01-01T00:00:00Z; list --at 17; list --occurred");
        Assert.Contains("vm\n", steps[0].Stdout, StringComparison.Ordinal);
        Assert.Equal(("\n", 0), (steps[1].Stdout, steps[1].Rc));
        Assert.Equal("error: invalid argument: '17' is a version, which is one domain's: a list of domains takes a time such as 2026-11-20T12:00:00Z\n", steps[2].Stderr);
        Assert.Contains("by goes with at", steps[3].Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diff_is_for_people_and_its_exit_code_for_scripts()
    {
        var at = await Grow();
        await server.Run("checkpoint-create-as vm c 'new'; checkpoint-delete vm a");
        var steps = await server.Run($"diff vm --from {at}; diff vm {at}; diff vm --from c --to c; diff vm --from nosuch; diff nobody --from 1; diff vm; diff vm --from 1 --nosuch; diff vm --from 0 --to {at}");
        Assert.Equal("- a (parent -)\n~ b parent: a -> -\n+ c (parent b)\ncurrent: b -> c\n\n", steps[0].Stdout);
        Assert.Equal(steps[0].Stdout, steps[1].Stdout);
        Assert.Equal("\n", steps[2].Stdout);
        Assert.Equal([1, 1, 0, 2, 2, 2, 2, 1], steps.Select(step => step.Rc));
        Assert.StartsWith("domain name: - -> vm\ndomain definition: - -> ", steps[7].Stdout, StringComparison.Ordinal);
        Assert.EndsWith("+ a (parent -)\n+ b (parent a)\ncurrent: - -> b\n\n", steps[7].Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diff_of_definitions_is_line_by_line_without_secrets()
    {
        var at = await Grow();
        await server.Redefine(Domain(2048));
        var steps = await server.Run($"diff vm --from {at}; diff vm --from {at} --security-info; diff vm --from {at} --json");
        var lines = steps[0].Stdout.Split('\n');
        Assert.StartsWith("domain definition: ", lines[0], StringComparison.Ordinal);
        Assert.Contains("-  <memory>1024</memory>", lines);
        Assert.Contains("+  <memory>2048</memory>", lines);
        Assert.DoesNotContain("hush", steps[0].Stdout, StringComparison.Ordinal);
        Assert.Contains("+    <graphics type='vnc' passwd='hush2048'/>", steps[1].Stdout.Split('\n'));
        Assert.Contains("\"kind\":\"definition\"", steps[2].Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", steps[2].Stdout, StringComparison.Ordinal);
    }

    /// <summary>A domain with checkpoint a and its child b.</summary>
    /// <returns>Its version.</returns>
    private async Task<string> Grow()
    {
        await server.Reset([Domain(1024)]);
        var steps = await server.Run("checkpoint-create-as vm a; checkpoint-create-as vm b; dumpxml vm --json");
        return System.Text.Json.JsonDocument.Parse(steps[2].Stdout).RootElement.GetProperty("version").ToString();
    }
}
