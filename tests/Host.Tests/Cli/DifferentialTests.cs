using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using EventCheckpoints.Host.Cli;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>Random scripts through the real virsh and through our batch: the same answers on both streams, step by step, and the same exit codes.</summary>
public sealed partial class DifferentialTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>A seed to look at again: EVENTCHECKPOINTS_TEST_SEED=n. Without one, the day gives the seeds, so that each day looks elsewhere.</summary>
    private static int FirstSeed => int.TryParse(Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_TEST_SEED"), out var given) ? given : 1000 * DateTime.UtcNow.DayOfYear;

    [Fact]
    public async Task Virsh_and_batch_answer_random_scripts_alike()
    {
        Assert.SkipUnless(Virsh.IsInstalled, "virsh is not installed (apt install libvirt-clients)");
        await using var folder = new TemporaryDirectory();
        var node = NodeFile();
        // virsh reads its schema again for every XML, which takes it longest: a few of them run ahead of us.
        var scripts = Enumerable.Range(FirstSeed, 28).Select(seed => (Seed: seed, Script: RandomScript.Of(seed, 100))).ToArray();
        var theirs = new Queue<Task<IReadOnlyList<string>>>();
        for (var next = 0; next < scripts.Length; next++)
        {
            foreach (var (_, ahead) in scripts.Skip(next + theirs.Count).Take(3 - theirs.Count)) theirs.Enqueue(TheirAnswers(ahead, node, folder.In(ahead.Folder)));
            var (seed, script) = scripts[next];
            var (expected, actual) = (await theirs.Dequeue(), await OurAnswers(script, node, folder.In(script.Folder)));
            for (var i = 0; i < expected.Count; i++) Assert.True(expected[i] == actual[i], Difference(seed, script, expected, actual, i));
        }
    }

    private static string NodeFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "node.xml");

    private static async Task<IReadOnlyList<string>> TheirAnswers(RandomScript script, string node, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, xml) in script.Files) await File.WriteAllTextAsync(Path.Combine(folder, name), xml, TestContext.Current.CancellationToken);
        var from = Clock.Now;
        var answers = await Virsh.Run($"test://{node}", folder, script.Commands);
        return Texts(answers.Where(answer => !answer.Cmd.StartsWith('#')), new Clock(from, Clock.Now, TimeZoneInfo.Utc));
    }

    private async Task<IReadOnlyList<string>> OurAnswers(RandomScript script, string node, string folder)
    {
        await server.Reset(ConformanceCase.Node(node));
        var from = Clock.Now;
        var answers = await server.Run(string.Join('\n', script.Commands), server.Session with { Directory = folder });
        return Texts(answers, new Clock(from, Clock.Now, TimeZoneInfo.Utc));
    }

    private static IReadOnlyList<string> Texts(IEnumerable<Batch.Outcome> answers, Clock clock) =>
        [.. answers.Select(answer => $"> {Uncommented(answer.Cmd)}\n{DomainBlock().Replace(clock.Normalise(answer.Stdout), "")}! {answer.Rc}\n{clock.Normalise(answer.Stderr)}")];

    /// <summary>Our batch names a command without the comment behind it.</summary>
    private static string Uncommented(string command) => command.Split(" # ")[0];

    private static string Difference(int seed, RandomScript script, IReadOnlyList<string> expected, IReadOnlyList<string> actual, int at)
    {
        var text = new StringBuilder($"seed {seed}, step {at}\nvirsh:\n{expected[at]}\nours:\n{actual[at]}\n");
        foreach (var (name, xml) in script.Files.Where(file => expected[at].Contains(file.Key, StringComparison.Ordinal))) text.Append($"{name}: {xml}\n");
        return text.Append("before:\n").AppendJoin('\n', expected.Take(at).Select(step => step.Split('\n')[0])).ToString();
    }

    [GeneratedRegex(@"\n *<domain .*?</domain>", RegexOptions.Singleline)]
    private static partial Regex DomainBlock();
}
