using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Moments;
using MediatR;

namespace EventCheckpoints.Projections;

/// <summary>The current checkpoint.</summary>
/// <param name="Current">As the events keep it: the next create becomes its child.</param>
/// <param name="AfterRestart">What libvirt itself would take after a restart of its daemon: the only leaf of one unbranched chain, else none (virDomainMomentFindLeaf).</param>
public sealed record CurrentView(MomentName? Current, MomentName? AfterRestart, long Version);

/// <param name="At">The version that it is of; null for now.</param>
public sealed record GetCurrent(DomainId Domain, long? At = null) : IRequest<CurrentView>;

public sealed class Current(Forests forests) : IRequestHandler<GetCurrent, CurrentView>
{
    public async Task<CurrentView> Handle(GetCurrent request, CancellationToken cancellationToken)
    {
        var state = await forests.StateAsync(request.Domain, request.At, cancellationToken);
        return new CurrentView(state.Current, state.Forest.OnlyLeaf()?.Name, state.Version);
    }
}
