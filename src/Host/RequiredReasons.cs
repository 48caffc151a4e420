using System.Text;
using EventCheckpoints.Domain;

namespace EventCheckpoints.Host;

/// <summary>Which changes have to say why (serve --require-reason).</summary>
public enum RequiredReasons
{
    None,

    /// <summary>Those that delete a checkpoint or undefine a domain, by whatever command.</summary>
    Deletes,
    All,
}

/// <summary>The rules of the reason that goes with a change. It is for people to read later, so it is one line of moderate length.</summary>
internal static class Reasons
{
    /// <summary>In UTF-8: more is a document, which belongs where the reason can point to.</summary>
    public const int MaxBytes = 1024;

    public static Refusal? Check(string? reason)
    {
        if (reason is null) return null;
        if (Encoding.UTF8.GetByteCount(reason) is > MaxBytes and var bytes)
            return new Refusal(Rule.ReasonInvalid, $"the reason has {bytes} bytes, and may have {MaxBytes}");
        // What a terminal or a log would act on; U+2028 and U+2029 end lines as well.
        return reason.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029')
            ? new Refusal(Rule.ReasonInvalid, "the reason has control characters, and has to be one line of text")
            : null;
    }

    private const string How = "give --reason TEXT, or over HTTP the header X-Audit-Reason";

    /// <summary>
    /// The refusal of changes that have to say why and do not; a command that changes nothing needs no reason. A legal hold has one on every server: one
    /// that nobody can tell the reason of, nobody dares to release.
    /// </summary>
    public static Refusal? Missing(this RequiredReasons required, string? reason, IReadOnlyList<DomainEvent> events)
    {
        if (!string.IsNullOrWhiteSpace(reason)) return null;
        if (events.Any(e => e is HoldPlaced or HoldReleased))
            return new Refusal(Rule.ReasonRequired, $"a legal hold is not placed or released without saying why: {How}");
        if (required == RequiredReasons.None) return null;
        if (required == RequiredReasons.Deletes && !events.Any(e => e is CheckpointDeleted or DomainUndefined)) return null;
        return new Refusal(
            Rule.ReasonRequired,
            $"this server wants to know why {(required == RequiredReasons.All ? "something is changed" : "something is deleted")}: {How}");
    }
}
