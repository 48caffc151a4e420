using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using EventCheckpoints.Domain.Xml;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>A checkpoint with all it has.</summary>
/// <param name="Children">How many checkpoints have it as their parent.</param>
/// <param name="Descendants">How many are below it in all.</param>
/// <param name="Definition">The hash of the domain's definition as of then; null where a redefine gave none.</param>
/// <param name="Version">The domain's version that this was read at.</param>
/// <param name="Holds">The legal holds that keep it as it is, those on the whole domain among them.</param>
/// <param name="Owner">The tool or person that answers for it; null where nobody was said to.</param>
/// <param name="Lost">What was seen when the libvirt host no longer knew it; null where it does, or was never asked.</param>
/// <param name="Faults">Why it cannot be relied on for some of its disks.</param>
public sealed record CheckpointView(
    MomentName Name,
    MomentName? Parent,
    CreationTime CreationTime,
    string? Description,
    bool Current,
    int Children,
    int Descendants,
    IReadOnlyList<CheckpointDisk> Disks,
    DefinitionHash? Definition,
    DomainId Domain,
    DomainName DomainName,
    long Version,
    IReadOnlyList<HoldId> Holds,
    Owner? Owner,
    string? Lost,
    IReadOnlyList<DiskFaultView> Faults);

/// <summary>Why a checkpoint cannot be relied on for a disk.</summary>
/// <param name="Disk">The disk's target, such as vda.</param>
/// <param name="Evidence">What was seen, in words.</param>
public sealed record DiskFaultView(string Disk, DiskFault Fault, string Evidence);

/// <param name="At">The version that it is of; null for now.</param>
public sealed record GetCheckpoint(DomainSummary Domain, MomentName Name, long? At = null) : IRequest<Result<CheckpointView>>;

/// <summary>The XML as libvirt prints it (virDomainCheckpointGetXMLDesc), without an XML declaration.</summary>
/// <param name="NoDomain">VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN.</param>
/// <param name="Secure">VIR_DOMAIN_CHECKPOINT_XML_SECURE: with the secrets of the <c>&lt;domain&gt;</c>.</param>
/// <param name="At">The version that it is of; null for now.</param>
public sealed record GetCheckpointXml(DomainSummary Domain, MomentName Name, bool NoDomain, bool Secure, long? At = null) : IRequest<Result<string>>;

public sealed class OneCheckpoint(Forests forests, Definitions definitions)
    : IRequestHandler<GetCheckpoint, Result<CheckpointView>>, IRequestHandler<GetCheckpointXml, Result<string>>
{
    public async Task<Result<CheckpointView>> Handle(GetCheckpoint request, CancellationToken cancellationToken)
    {
        var state = await forests.StateAsync(request.Domain.Id, request.At, cancellationToken);
        if (state.Forest.Find(request.Name) is not { } checkpoint) return NotFound(request.Name);
        var marks = state.MarksOf(checkpoint.Name);
        return new CheckpointView(
            checkpoint.Name, checkpoint.Parent, checkpoint.CreationTime, checkpoint.Description, state.Current == checkpoint.Name,
            state.Forest.ChildCount(checkpoint.Name), state.Forest.Descendants(checkpoint.Name).Count(),
            checkpoint.Disks, checkpoint.Definition, request.Domain.Id, request.Domain.Name, state.Version, state.HoldsOn(checkpoint.Name),
            marks.Owner, marks.Lost, [.. marks.Faults.Select(fault => new DiskFaultView(fault.Key.Disk, fault.Key.Fault, fault.Value.Evidence))]);
    }

    public async Task<Result<string>> Handle(GetCheckpointXml request, CancellationToken cancellationToken)
    {
        var state = await forests.StateAsync(request.Domain.Id, request.At, cancellationToken);
        if (state.Forest.Find(request.Name) is not { } checkpoint) return NotFound(request.Name);
        string? domain = null;
        if (!request.NoDomain && checkpoint.Definition is { } hash)
        {
            domain = (await definitions.TextsAsync(request.Domain.Id, [hash], cancellationToken))[hash];
            if (!request.Secure) domain = DefinitionText.WithoutSecrets(domain);
        }

        var xml = new StringWriter();
        CheckpointWriter.Write(xml, checkpoint, domain);
        return xml.ToString();
    }

    private static Refusal NotFound(MomentName name) => new(Rule.CheckpointNotFound, $"no domain checkpoint with matching name '{name}'");
}
