using System.Text.RegularExpressions;
using EventCheckpoints.Host.Cli;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>The recorded cases: our batch gives what virsh gave, step by step.</summary>
[Collection("editor")] // $EDITOR is one for the whole process.
public sealed partial class ConformanceTests(TestServer server) : IClassFixture<TestServer>
{
    public static TheoryData<string> Cases() => [.. ConformanceCase.All().Where(one => !ConformanceCase.Exceptions.ContainsKey(one.Number)).Select(one => Path.GetFileName(one.Folder)).DefaultIfEmpty("none")];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Answers_as_virsh_did(string name)
    {
        Assert.SkipWhen(name == "none", $"no recorded cases in {ConformanceCase.Root()}");
        var one = ConformanceCase.Read(Path.Combine(ConformanceCase.Root(), name));
        (string Expected, string Actual) compared;
        long second;
        // Nameless checkpoints are named by the second, which has to be one and the same for the whole case, as it was for virsh.
        do
        {
            second = Clock.Now;
            compared = await Play(one, second);
        }
        while (Clock.Now != second && compared.Expected != compared.Actual);
        Assert.Equal(compared.Expected, compared.Actual);
    }

    private async Task<(string Expected, string Actual)> Play(ConformanceCase one, long second)
    {
        await server.Reset(one.Domains());
        Environment.SetEnvironmentVariable("EDITOR", one.Editor);
        var script = string.Join('\n', one.Steps.Select(step => step.Cmd)).Replace(Clock.Text(Clock.Fixed), Clock.Text(second), StringComparison.Ordinal);
        var clock = new Clock(second - 1, second + 5, one.Zone);
        var actual = await server.Run(script, server.Session with { Directory = one.Folder, Zone = one.Zone });
        // A byte that is no UTF-8 was recorded as \xNN.
        return (Text(one.Steps, text => RawByte().Replace(text, "\uFFFD")), Text(actual, clock.Normalise));
    }

    private static string Text(IEnumerable<Batch.Outcome> steps, Func<string, string> normalise) => string.Concat(steps.Select(step =>
        $"> {normalise(step.Cmd)}\n{DomainBlock().Replace(normalise(step.Stdout), "")}! {step.Rc}\n{normalise(step.Stderr)}"));

    [GeneratedRegex(@"\\x[0-9a-f]{2}")]
    private static partial Regex RawByte();

    // The <domain> inside of a checkpoint is ours as it was given, libvirt's with its defaults.
    [GeneratedRegex(@"\n *<domain .*?</domain>", RegexOptions.Singleline)]
    private static partial Regex DomainBlock();
}
