using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>history and audit on the command line.</summary>
public sealed class AuditWordsTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>A new one for each test: what happened to one stays its history.</summary>
    private static string Domain =>
        $"<domain type='test'><name>vm</name><uuid>{Guid.NewGuid()}</uuid><memory>1</memory><os><type>hvm</type></os><devices>"
        + "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>";

    [Fact]
    public async Task History_is_a_table_that_a_person_can_read()
    {
        await server.Reset([Domain]);
        var steps = await server.Run("checkpoint-create-as vm a; checkpoint-create-as vm b 'of friday'; checkpoint-delete vm a --reason retention; history vm a; history vm b; history vm nosuch; history nosuch");
        Assert.Equal(
            """
            Version|Recorded|Event|Checkpoint|Actor|Source|Changes|Reason
            4|T|checkpoint_created|a@4|local|cli|creationTime=N; disks=vda:a; definition=H; current=a|
            7|T|checkpoint_deleted|a@4|local|cli|creationTime was N; disks was vda:a; definition was H|retention
            """,
            Plain(steps[3].Stdout));
        Assert.Equal(
            """
            Version|Recorded|Event|Checkpoint|Actor|Source|Changes|Reason
            5|T|checkpoint_created|b@5|local|cli|parent=a; description=of friday; creationTime=N; disks=vda:b; definition=H; current a → b|
            6|T|checkpoint_reparented|b@5|local|cli|parent was a|retention
            """,
            Plain(steps[4].Stdout));
        Assert.Equal("error: Domain checkpoint not found: no domain checkpoint ever had the name 'nosuch'\n", steps[5].Stderr);
        Assert.Equal("error: failed to get domain 'nosuch'\n", steps[6].Stderr);
        Assert.Equal([0, 0, 1, 1], steps.Skip(3).Select(step => step.Rc));
    }

    [Fact]
    public async Task Records_can_be_limited_reversed_and_filtered()
    {
        await server.Reset([Domain]);
        await server.Run("checkpoint-create-as vm a --reason 'why not'; checkpoint-create-as vm b; undefine vm --checkpoints-metadata");
        var steps = await server.Run(
            "history vm --reverse --limit 2 --json; audit --domain vm --type '*_deleted' --json; audit --checkpoint '?' --domain vm --actor local --source cli --from 2020-01-01 --to 2999-01-01 --reverse --limit 1 --json; audit --limit none; audit --from x");
        Assert.Equal(["domain_undefined", "checkpoint_deleted"], Types(steps[0].Stdout));
        Assert.Equal(["checkpoint_deleted", "checkpoint_deleted"], Types(steps[1].Stdout)[^2..]);
        Assert.Equal(["checkpoint_deleted"], Types(steps[2].Stdout));
        Assert.Equal("error: Numeric value 'none' for <limit> option is malformed or out of range\n", steps[3].Stderr);
        Assert.StartsWith("error: invalid argument: from is 'x', and has to be a time", steps[4].Stderr, StringComparison.Ordinal);

        var last = JsonDocument.Parse(steps[2].Stdout).RootElement.GetProperty("sequence").GetString();
        var after = (await server.Run($"checkpoint-list vm; audit --after {last} --type domain_* --json"))[1].Stdout;
        Assert.Equal("domain_undefined", Types(after)[^1]);
    }

    [Fact]
    public async Task An_export_is_a_document_of_its_own()
    {
        await server.Reset([Domain]);
        var steps = await server.Run("audit --export jsonl; audit --export csv; audit --export xml; audit --export csv --limit 3; audit --export csv --json");
        Assert.EndsWith("}\n", steps[0].Stdout, StringComparison.Ordinal);
        Assert.StartsWith("{\"complete\":{\"count\":", steps[0].Stdout.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        Assert.StartsWith("record,sequence,", steps[1].Stdout, StringComparison.Ordinal);
        Assert.EndsWith(",,,,,,,\r\n", steps[1].Stdout, StringComparison.Ordinal);
        Assert.Equal("error: invalid argument: --export is 'xml', and has to be jsonl or csv\n", steps[2].Stderr);
        Assert.Equal("error: Options --export and --limit are mutually exclusive\n", steps[3].Stderr);
        Assert.Equal("error: Options --export and --json are mutually exclusive\n", steps[4].Stderr);
    }

    private static string[] Types(string lines) =>
        [.. lines.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!)];

    /// <summary>Cells between bars: times and hashes differ from run to run, and widths with them.</summary>
    private static string Plain(string table)
    {
        var lines = table.TrimEnd('\n').Split('\n').Where(line => !line.StartsWith('-'));
        var plain = Regex.Replace(string.Join('\n', lines.Select(line => Regex.Replace(line[1..], " {3,}", "|").TrimEnd(' '))), " +\\|", "|");
        plain = Regex.Replace(plain, @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000", "T");
        plain = Regex.Replace(plain, @"definition(=| was )[0-9a-f]{12}", "definition$1H");
        return Regex.Replace(plain, @"creationTime(=| was )\d+", "creationTime$1N");
    }
}
