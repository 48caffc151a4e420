using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using EventCheckpoints.Benchmarks.Corpus;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;

namespace EventCheckpoints.Benchmarks;

/// <summary>The pure parts alone, by BenchmarkDotNet: time and memory of each, on a domain of so many checkpoints.</summary>
[MemoryDiagnoser]
public class Parts
{
    private static readonly DomainId Id = new(Guid.Parse("5a3f2c11-7d10-4b8e-9a64-0c5be2d7a001"));

    private string _xml = "";
    private CreateXml _create = null!;
    private Definition _definition = null!;
    private Checkpoint _checkpoint = null!;
    private DomainState _state = null!;
    private DomainEvent[] _events = [];

    [Params(100, 10_000)]
    public int Checkpoints { get; set; }

    /// <summary>Runs all of them in this process, which a build of its own for each would take minutes before.</summary>
    public static void Run() => BenchmarkRunner.Run<Parts>(ManualConfig.CreateEmpty()
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .AddColumnProvider(DefaultConfig.Instance.GetColumnProviders().ToArray())
        .AddExporter(BenchmarkDotNet.Exporters.MarkdownExporter.GitHub)
        .AddLogger(ConsoleLogger.Default)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "eventcheckpoints-parts")));

    [GlobalSetup]
    public void Setup()
    {
        var domain = DomainXml.Of(Id, "web", 0, DomainXml.Usual);
        _definition = DefinitionReader.Read(domain).Value;
        _checkpoint = CheckpointList.At(10);
        using var text = new StringWriter();
        CheckpointWriter.Write(text, _checkpoint, domain);
        _xml = text.ToString();
        _create = CheckpointReader.ReadCreate("<domaincheckpoint><name>new</name></domaincheckpoint>").Value;
        var defined = DomainState.Unknown(Id).After(new Define(_definition, null).Decide(DomainState.Unknown(Id), null).Value.Events);
        _events = [.. Enumerable.Range(0, Checkpoints).Select(i => CheckpointList.At(i)).Select(c => new CheckpointRedefined(c.Name, c.Description, c.Parent, c.CreationTime, c.Disks, _definition.Hash))];
        _state = defined.After(_events);
    }

    /// <summary>One checkpoint's XML with its domain.</summary>
    [Benchmark]
    public bool Parse() => CheckpointReader.ReadRedefine(_xml).Refusal is null;

    [Benchmark]
    public int Write()
    {
        using var text = new StringWriter();
        CheckpointWriter.Write(text, _checkpoint, _definition.Xml);
        return text.GetStringBuilder().Length;
    }

    /// <summary>A create on a domain of so many, its disks aligned with the domain's.</summary>
    [Benchmark]
    public int Decide() => new Create(_create, new CreationTime(7)).Decide(_state, _definition).Value.Events.Count;

    /// <summary>All the events of the domain.</summary>
    [Benchmark]
    public int Fold() => DomainState.Unknown(Id).After(_events).Forest.Count;

    [Benchmark]
    public int WalkTopological() => _state.Forest.Descendants(null).Count();

    [Benchmark]
    public int WalkLeaves() => _state.Forest.All.Count(checkpoint => _state.Forest.IsLeaf(checkpoint.Name));

    [Benchmark]
    public int DrawTree()
    {
        using var text = new StringWriter();
        TreeDrawing.Draw(text, [.. _state.Forest.All.Select(checkpoint => (checkpoint.Name.Value, checkpoint.Parent?.Value))]);
        return text.GetStringBuilder().Length;
    }
}
