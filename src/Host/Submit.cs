using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Projections;
using JasperFx.Events;
using Marten;
using Marten.Exceptions;
using MediatR;
using Npgsql;

namespace EventCheckpoints.Host;

/// <summary>A command for one domain.</summary>
/// <param name="IfVersion">Refuse unless the domain is at this version.</param>
/// <param name="DryRun">Decide, and say what would happen, but append nothing.</param>
/// <param name="Owner">Who answers for the checkpoints that it makes; null: as their names say.</param>
public sealed record Submit(DomainId Domain, Command Command, Envelope By, long? IfVersion = null, bool DryRun = false, Owner? Owner = null) : IRequest<Result<Submitted>>;

/// <summary>What a command did: the state after it, and the events that took it there (none if all was so already).</summary>
public sealed record Submitted(DomainState After, Decision Decision, DomainState Before);

/// <summary>
/// The one write path: load the forest, decide, append expecting the version that was decided on. A lost race is loaded and decided again; only a
/// caller who named a version is refused.
/// </summary>
public sealed class SubmitHandler(
    IDocumentStore store, NpgsqlDataSource database, Forests forests, Definitions definitions, RequiredReasons required = RequiredReasons.None, OwnerRules? owners = null)
    : IRequestHandler<Submit, Result<Submitted>>
{
    /// <summary>
    /// Writers of one domain take turns in a process, so that races are only with other hosts. Domains share a turn now and then, which costs
    /// them a wait and nothing else.
    /// </summary>
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1))];

    private readonly OwnerRules _owners = owners ?? OwnerRules.None;

    /// <summary>Races with other hosts lost in a row before getting in line.</summary>
    private const int Races = 3;

    /// <summary>Attempts in line before the caller is told to come back: there only hosts that are still racing can be ahead.</summary>
    private const int Attempts = 50;

    public async Task<Result<Submitted>> Handle(Submit request, CancellationToken cancellationToken)
    {
        if (Reasons.Check(request.By.Reason) is { } unreadable) return unreadable;
        var turn = _turns[(uint)request.Domain.GetHashCode() % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            // The state last seen may be old: an append finds that out by itself, every other answer has to be made on the state of now.
            if (forests.LastSeen(request.Domain) is { } seen && await Attempt(request, seen, isNow: false, cancellationToken) is { } early) return early;
            for (var attempt = 0; attempt < Races; attempt++)
            {
                if (await AttemptNow(request, cancellationToken) is { } answer) return answer;
            }

            return await InLine(request, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// The hosts that race for a domain stand in line for it, by a lock in the database that ends with its connection. It is for fairness alone:
    /// what may be appended is still up to the version.
    /// </summary>
    private async Task<Result<Submitted>> InLine(Submit request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var wait = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended($1, 0))", connection, transaction);
        wait.Parameters.AddWithValue($"eventcheckpoints {request.Domain}");
        await wait.ExecuteNonQueryAsync(cancellation);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await AttemptNow(request, cancellation) is { } answer) return answer;
        }

        return new Refusal(Rule.TooBusy, $"domain {request.Domain} changed {Attempts} times while this was being decided; try again");
    }

    private async Task<Result<Submitted>?> AttemptNow(Submit request, CancellationToken cancellation) =>
        await Attempt(request, await forests.NowAsync(request.Domain, cancellation), isNow: true, cancellation);

    /// <summary>The answer on this state; null if it has to be made again on a newer one.</summary>
    private async Task<Result<Submitted>?> Attempt(Submit request, DomainState state, bool isNow, CancellationToken cancellation)
    {
        if (request.IfVersion is { } wanted && wanted != state.Version)
        {
            if (!isNow) return null;
            return new Refusal(Rule.VersionMismatch, $"domain {request.Domain} is at version {state.Version}, not at {wanted}");
        }

        var live = state.Definition is { } hash ? await definitions.GetAsync(request.Domain, hash, cancellation) : null;
        var decided = request.Command.Decide(state, live);
        var changes = decided.Refusal is null && decided.Value.Events.Count > 0 && !request.DryRun;
        if (!changes && !isNow) return null;
        if (decided.Refusal is { } refusal) return refusal;
        var decision = _owners.Claim(state, decided.Value, request.Owner);
        if (!changes) return new Submitted(state.After(decision.Events), decision, state);
        // On the state of now alone, as all refusals.
        if (required.Missing(request.By.Reason, decision.Events) is { } missing)
        {
            if (!isNow) return null;
            return missing;
        }

        if (AppendSize.Check(decision.Events) is { } large)
        {
            if (!isNow) return null;
            return large;
        }

        if (await Append(request, state.Version, decision.Events, cancellation) is { } lost)
        {
            if (lost.Refused is null) return null;
            return lost.Refused;
        }

        var after = state.After(decision.Events);
        forests.Keep(after);
        return new Submitted(after, decision, state);
    }

    /// <summary>Null when appended; a lost race, or the refusal that the database's own rules make of it.</summary>
    private async Task<NotAppended?> Append(Submit request, long version, IReadOnlyList<DomainEvent> events, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession(Schema.Tenant);
        request.By.Stamp(session);
        // Not StartStream for the first: that one would take the application's clock for the recorded time.
        session.Events.Append(request.Domain.Value, version + events.Count, events);
        try
        {
            await session.SaveChangesAsync(cancellation);
            return null;
        }
        catch (Exception e) when (e is EventStreamUnexpectedMaxEventIdException or JasperFx.Events.ExistingStreamIdCollisionException)
        {
            return new NotAppended(null);
        }
        catch (MartenCommandException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ProgramLimitExceeded, MessageText: var limit } && limit.StartsWith("index row", StringComparison.Ordinal))
        {
            return new NotAppended(new Refusal(Rule.NameTooLong, "a name is longer than the store can look up: about 2,600 bytes are always taken"));
        }
        catch (MartenCommandException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } taken)
        {
            return taken.ConstraintName == "domains_name"
                ? new NotAppended(new Refusal(Rule.DomainNameTaken, "a domain of that name already exists"))
                : new NotAppended(null);
        }
    }

    private sealed record NotAppended(Refusal? Refused);
}
