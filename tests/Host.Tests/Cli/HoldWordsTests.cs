using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>hold-place, hold-release and hold-list.</summary>
public sealed class HoldWordsTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Uuid = "5a3f2c11-7d10-4b8e-9a64-0c5be2d7b017";

    private static readonly string Domain =
        $"<domain type='test'><name>vm</name><uuid>{Uuid}</uuid><memory>1</memory><os><type>hvm</type></os><devices>"
        + "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>";

    [Fact]
    public async Task A_hold_from_its_placing_to_its_release()
    {
        await server.Reset([Domain]);
        await server.Run("checkpoint-create-as vm a; checkpoint-create-as vm b");
        var steps = await server.Run(
            "hold-place vm a --id case-17 --reason 'court order'; hold-place vm a --id case-17; hold-place vm --id wide --reason litigation; hold-list vm; checkpoint-delete vm a; undefine vm --checkpoints-metadata");
        Assert.Equal(
            ["Legal hold case-17 placed on checkpoint a\n\n", "Legal hold case-17 is on checkpoint a already\n\n", "Legal hold wide placed on domain 'vm'\n\n"],
            steps.Take(3).Select(step => step.Stdout));
        Assert.Matches(
            """
            \A Id        Checkpoint   Placed                      Actor   Reason
            -+
             case-17   a            \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000   local   court order
             wide      \(domain\)     \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000   local   litigation

            \z
            """.ReplaceLineEndings("\n"),
            steps[3].Stdout);
        Assert.Equal(
            $"error: Failed to delete checkpoint a\nerror: operation forbidden: checkpoint 'a' cannot be deleted: legal hold 'case-17' is on checkpoint 'a'; hold-release, or over HTTP DELETE /v1/domains/{Uuid}/holds/case-17, ends it\n",
            steps[4].Stderr);
        Assert.StartsWith("error: Failed to undefine domain 'vm'\nerror: operation forbidden: domain 'vm' cannot be undefined: legal hold 'case-17'", steps[5].Stderr, StringComparison.Ordinal);

        steps = await server.Run("hold-release vm case-17 --reason 'case closed'; hold-release vm wide --reason 'case closed'; hold-list vm --json; checkpoint-delete vm a; history vm a --json");
        Assert.Equal(["Legal hold case-17 released\n\n", "Legal hold wide released\n\n", "{\"items\":[],\"next\":null}\n\n", "Domain checkpoint a deleted\n\n"], steps.Take(4).Select(step => step.Stdout));
        Assert.Equal(
            ["checkpoint_created", "hold_placed", "hold_released", "checkpoint_deleted"],
            steps[4].Stdout.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()).TakeLast(4));
    }

    [Fact]
    public async Task What_is_missing_is_told_in_one_sentence()
    {
        await server.Reset([Domain]);
        var steps = await server.Run("hold-place vm; hold-place vm nosuch --reason x; hold-place vm --id .x --reason x; hold-release vm nosuch --reason x; hold-release vm ..; hold-release vm; hold-list nosuch; hold-release nosuch ..");
        Assert.Equal(
            [
                "error: Requested operation is not valid: a legal hold is not placed or released without saying why: give --reason TEXT, or over HTTP the header X-Audit-Reason\n",
                "error: Domain checkpoint not found: no domain checkpoint with matching name 'nosuch'\n",
                "error: invalid argument: a hold's id has 1 to 64 characters of a-z, A-Z, 0-9, '.', '_' and '-', and begins with a letter or a digit\n",
                "error: invalid argument: no active legal hold with id 'nosuch'\n",
                "error: invalid argument: no active legal hold with id '..'\n",
                "error: command 'hold-release' requires <id> option\n",
                "error: failed to get domain 'nosuch'\n",
                "error: failed to get domain 'nosuch'\n",
            ],
            steps.Select(step => step.Stderr));
        Assert.All(steps, step => Assert.Equal(1, step.Rc));
    }

    [Fact]
    public async Task An_id_is_made_up_and_can_be_listed_as_of_then()
    {
        await server.Reset([Domain]);
        await server.Run("checkpoint-create-as vm a");
        var placed = (await server.Run("hold-place vm a --reason x"))[0].Stdout;
        var id = Regex.Match(placed, "^Legal hold (hold-[0-9a-f]{12}) placed on checkpoint a\n\n$").Groups[1].Value;
        var version = JsonDocument.Parse((await server.Run("hold-list vm --json"))[0].Stdout).RootElement.GetProperty("items")[0].GetProperty("version").GetInt64();
        var steps = await server.Run($"checkpoint-info vm a; hold-release vm {id} --reason x; checkpoint-info vm a; hold-list vm --at {version} --json; hold-list vm --at {version - 1} --json; diff vm --from {version - 1} --to {version}; diff vm --from {version}");
        Assert.EndsWith($"Legal holds:    {id}\n\n", steps[0].Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("Legal", steps[2].Stdout, StringComparison.Ordinal);
        Assert.Contains($"\"id\":\"{id}\"", steps[3].Stdout, StringComparison.Ordinal);
        Assert.StartsWith("{\"items\":[],", steps[4].Stdout, StringComparison.Ordinal);
        Assert.Equal([$"+ hold {id} on a\n\n", $"- hold {id} on a\n\n"], steps.TakeLast(2).Select(step => step.Stdout));
        Assert.Equal([1, 1], steps.TakeLast(2).Select(step => step.Rc));
    }
}
