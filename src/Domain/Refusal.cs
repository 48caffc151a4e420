namespace EventCheckpoints.Domain;

/// <summary>
/// Every reason for which the store says no. The names are part of the API (problem+json's "rule"); <see cref="RuleTable"/> has a row for each.
/// </summary>
public enum Rule
{
    // libvirt's own, checkpoints (src/conf/checkpoint_conf.c, virdomainmomentobjlist.c, src/libvirt-domain-checkpoint.c)
    XmlMalformed,
    XmlUnexpectedRoot,
    XmlInvalidSchema,
    XmlTooLarge,
    XmlTooDeep,
    NameMissing,
    CreationTimeMissing,
    ParentIsItself,
    ParentNotFound,
    ParentWouldCycle,
    DefinitionUuidDiffers,
    TooManyDisks,
    DomainWithoutDisks,
    DiskUnknown,
    DiskTwice,
    DiskEmptyOrReadOnly,
    NameTaken,
    NameTooLong,
    CheckpointNotFound,
    NoParent,
    FlagsExclusive,
    FlagRequired,

    // libvirt's own, domains
    DomainNotFound,
    DomainXmlInvalid,
    DomainNameMissing,
    DomainNameInvalid,
    DomainUuidInvalid,
    DomainTargetMissing,
    DomainNameTaken,
    RenameTaken,
    DomainUuidDiffers,
    DomainNameUnchanged,
    DomainHasCheckpoints,
    SecureDenied,

    // redefine list (virDomainSnapshotObjListParse, as proposed in 2019)
    ListNotEmpty,
    ListWithoutCheckpoints,
    ListInconsistent,
    ListCurrentNotFound,

    // legal holds
    Held,
    HoldIdInvalid,
    HoldIdTaken,
    HoldNotFound,

    // owners
    OwnerInvalid,

    // libvirt hosts that are learned from
    SourceNotFound,
    SourceTimedOut,
    SourceUnreachable,

    // the past
    DomainNotThen,
    StillToCome,

    // the tamper-evident log
    LogEntryNotFound,
    LogNotSigned,

    // those who are told
    BrokerNotConfigured,
    WebhookNotFound,
    WebhookTargetRefused,
    DeadLetterNotFound,

    // the store's own
    NotSupported,
    RequestInvalid,
    VersionMismatch,
    ReasonRequired,
    ReasonInvalid,
    TooBusy,
    Unauthenticated,
    Forbidden,
}

/// <summary>A command or query refused: nothing was changed. A value, never thrown.</summary>
/// <param name="Text">libvirt's own sentence where libvirt has the rule (without virsh's "error: " and the code's prefix), else ours.</param>
/// <param name="At">Where in the given XML, if that is where the fault is.</param>
/// <param name="Items">For a list: every bad item, each with its own refusal.</param>
public sealed record Refusal(Rule Rule, string Text, XmlPosition? At = null, IReadOnlyList<ItemRefusal>? Items = null)
{
    /// <summary>The sentence as virsh prints it after "error: ", with libvirt's prefix for the error code.</summary>
    public string Message => RuleTable.Of(Rule).Prefix + Text;
}

/// <summary>Line and column in a document, both from 1; the column counts UTF-16 code units.</summary>
public readonly record struct XmlPosition(int Line, int Column);

/// <summary>One bad item of a redefine list.</summary>
/// <param name="Index">Its place in the list as given, from 0.</param>
/// <param name="Name">Its name where it could be read.</param>
public sealed record ItemRefusal(int Index, string? Name, Refusal Refusal);

/// <summary>Either a value or the refusal that stands in its place.</summary>
public readonly struct Result<T>
    where T : class
{
    /// <summary>A value; for interfaces, which have no implicit conversion.</summary>
    public Result(T value)
    {
        ValueOrNull = value;
        Refusal = null;
    }

    private Result(Refusal refusal)
    {
        ValueOrNull = null;
        Refusal = refusal;
    }

    private T? ValueOrNull { get; }

    public Refusal? Refusal { get; }

    /// <summary>The value; only to be asked where <see cref="Refusal"/> is null.</summary>
    public T Value => ValueOrNull ?? throw new InvalidOperationException($"refused: {Refusal?.Message}");

    public static implicit operator Result<T>(T value) => new(value);

    public static implicit operator Result<T>(Refusal refusal) => new(refusal);

    /// <summary>The value through <paramref name="next"/>, or the refusal as it is.</summary>
    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next)
        where TNext : class => Refusal is { } refusal ? refusal : next(Value);
}
