using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Domain.Hosts;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Http;

/// <summary>What was last seen of a domain on a libvirt host.</summary>
/// <param name="Host">Null where it was seen on none, or that one has it no longer.</param>
/// <param name="Disks">As they were there.</param>
public sealed record ObservationView(DomainId Domain, long Version, HostName? Host, IReadOnlyList<HostDisk> Disks, IReadOnlyList<ObservedCheckpoint> Checkpoints)
{
    /// <summary>As much of the domain's state as a look at its disks is compared with.</summary>
    internal DomainState State() => DomainState.Unknown(Domain) with
    {
        Host = Host,
        HostDisks = Disks,
        Marks = Checkpoints.ToImmutableDictionary(checkpoint => checkpoint.Name, checkpoint => checkpoint.Faults.Aggregate(
            CheckpointMarks.None with { Lost = checkpoint.Lost }, (marks, fault) => marks.With(fault.Disk, fault.Fault, new FaultSeen(fault.Evidence, fault.Was)))),
    };
}

/// <summary>A checkpoint of which a look found something to say.</summary>
/// <param name="Lost">What was seen when the host no longer knew it; null where it does.</param>
public sealed record ObservedCheckpoint(MomentName Name, string? Lost, IReadOnlyList<ObservedFault> Faults);

/// <param name="Was">The disk that the checkpoint was made of, where it was seen.</param>
public sealed record ObservedFault(string Disk, DiskFault Fault, string Evidence, HostDisk? Was);

/// <summary>/v1/domains/{domain}/observation: what a look at a libvirt host showed of a domain.</summary>
internal static class ObservationsApi
{
    public static void MapObservations(this IEndpointRouteBuilder api)
    {
        var of = api.MapGroup("/domains/{domain}/observation");
        of.MapGet("", Get).RequireAuthorization(Access.Reader).Produces<ObservationView>();
        of.MapPut("", Put).RequireAuthorization(Access.Writer).Produces<Applied>();
        of.MapDelete("", Delete).RequireAuthorization(Access.Writer).Produces<Applied>();
    }

    private static async Task<IResult> Get(IMediator mediator, Forests forests, HttpContext context, string domain, [AsParameters] AsOfQuery when)
    {
        var found = await mediator.FindAsync(context, domain, when);
        if (found.Refusal is { } refusal) return refusal.Problem();
        var state = await forests.StateAsync(found.Value.Domain.Id, found.Value.At, context.RequestAborted);
        context.Response.SetVersion(state.Version);
        return Results.Ok(new ObservationView(
            state.Id, state.Version, state.Host, state.HostDisks,
            [
                .. state.Marks.Where(marks => marks.Value is not { Lost: null, Faults.IsEmpty: true }).OrderBy(marks => marks.Key.Value, StringComparer.Ordinal).Select(marks => new ObservedCheckpoint(
                    marks.Key, marks.Value.Lost, [.. marks.Value.Faults.Select(fault => new ObservedFault(fault.Key.Disk, fault.Key.Fault, fault.Value.Evidence, fault.Value.Was))])),
            ]));
    }

    private static async Task<IResult> Put(IMediator mediator, HttpContext context, string domain, ObservationBody body)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        if (body.Disks.Select(disk => disk.Target).Distinct().Count() < body.Disks.Count)
            return new Refusal(Rule.RequestInvalid, "two disks have the same target, and each has one of its own").Problem();
        if (Texts(body).Any(text => text.Contains('\0', StringComparison.Ordinal))) return new Refusal(Rule.RequestInvalid, "a text has a NUL in it, which no disk, bitmap or domain has").Problem();
        var seen = new Observation(
            body.Host, body.Checkpoints,
            [.. body.Disks.Select(disk => new ObservedDisk(new HostDisk(disk.Target, disk.Source, disk.Serial, disk.Capacity), disk.Backing ?? [], disk.Bitmaps))],
            body.Elsewhere ?? new Dictionary<string, string>());
        return await mediator.SubmitAsync(context, found.Value.Id, new Observe(seen));
    }

    private static IEnumerable<string> Texts(ObservationBody body) =>
        body.Disks.SelectMany(disk => (string?[])[disk.Target, disk.Source, disk.Serial, .. disk.Backing ?? [], .. disk.Bitmaps?.Select(bitmap => bitmap.Name) ?? []])
            .Concat(body.Elsewhere?.SelectMany(other => (string[])[other.Key, other.Value]) ?? []).OfType<string>();

    private static async Task<IResult> Delete(IMediator mediator, HttpContext context, string domain, string host)
    {
        var found = await mediator.Send(new FindDomain(domain), context.RequestAborted);
        if (found.Refusal is { } refusal) return refusal.Problem();
        return HostName.TryParse(host, out var name)
            ? await mediator.SubmitAsync(context, found.Value.Id, new ObserveAbsent(name))
            : new Refusal(Rule.RequestInvalid, $"no host can be called '{host}'").Problem();
    }

    /// <param name="Host">A driver on a machine, such as kvm7:qemu/system.</param>
    /// <param name="Checkpoints">The names of all that the host knows of the domain.</param>
    /// <param name="Disks">All that can be written to and have a medium.</param>
    /// <param name="Elsewhere">Where a disk's data is, and the name of another domain of the host that has a disk there.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record ObservationBody(
        [property: JsonRequired] HostName Host,
        [property: JsonRequired] IReadOnlyList<MomentName> Checkpoints,
        [property: JsonRequired] IReadOnlyList<DiskBody> Disks,
        IReadOnlyDictionary<string, string>? Elsewhere = null);

    /// <param name="Target">Such as vda.</param>
    /// <param name="Capacity">In bytes.</param>
    /// <param name="Backing">The images that it is based on, the nearest first.</param>
    /// <param name="Bitmaps">Absent where the disk was not looked into.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record DiskBody(
        [property: JsonRequired] string Target, string? Source = null, string? Serial = null, long? Capacity = null, IReadOnlyList<string>? Backing = null, IReadOnlyList<SeenBitmap>? Bitmaps = null);
}
