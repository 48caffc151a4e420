namespace EventCheckpoints.Domain;

/// <summary>
/// What a rule means at each edge: its stable name, libvirt's error code with the prefix virsh shows for it (src/util/virerror.c), and the HTTP status.
/// virsh's exit code is 1 for every refusal.
/// </summary>
public sealed record RuleMeaning(string Name, string LibvirtCode, string Prefix, int Status, string Title);

/// <summary>The one table from a rule to its meaning.</summary>
public static class RuleTable
{
    public static RuleMeaning Of(Rule rule) => rule switch
    {
        Rule.XmlMalformed => Xml("xml-malformed", "XML_DETAIL", "", "The XML is not well formed"),
        Rule.XmlUnexpectedRoot => Xml("xml-unexpected-root", "XML_ERROR", "XML error: ", "The XML has another root element"),
        Rule.XmlInvalidSchema => Xml("xml-invalid-schema", "XML_INVALID_SCHEMA", "XML document failed to validate against schema: ", "The XML does not follow libvirt's schema"),
        Rule.XmlTooLarge => new("xml-too-large", "XML_ERROR", "XML error: ", 413, "The XML is too large"),
        Rule.XmlTooDeep => Xml("xml-too-deep", "XML_ERROR", "XML error: ", "The XML is nested too deeply"),
        Rule.NameMissing => Xml("name-missing", "XML_ERROR", "XML error: ", "A redefined checkpoint has no name"),
        Rule.CreationTimeMissing => Xml("creation-time-missing", "INTERNAL_ERROR", "internal error: ", "A redefined checkpoint has no creation time"),
        Rule.ParentIsItself => Conflict("parent-is-itself", "INVALID_ARG", "invalid argument: ", "A checkpoint cannot be its own parent"),
        Rule.ParentNotFound => Conflict("parent-not-found", "INVALID_ARG", "invalid argument: ", "The parent does not exist"),
        Rule.ParentWouldCycle => Conflict("parent-would-cycle", "INVALID_ARG", "invalid argument: ", "The parent would make a cycle"),
        Rule.DefinitionUuidDiffers => Conflict("definition-uuid-differs", "INVALID_ARG", "invalid argument: ", "The checkpoint's <domain> is another domain's"),
        Rule.TooManyDisks => Conflict("too-many-disks", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "More disks than the domain has"),
        Rule.DomainWithoutDisks => Conflict("domain-without-disks", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "The domain has no disk"),
        Rule.DiskUnknown => Conflict("disk-unknown", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "The domain has no such disk"),
        Rule.DiskTwice => Conflict("disk-twice", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "A disk is listed twice"),
        Rule.DiskEmptyOrReadOnly => Conflict("disk-empty-or-readonly", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "A disk without writable medium cannot have a bitmap"),
        Rule.NameTaken => Conflict("name-taken", "OPERATION_FAILED", "operation failed: ", "The name is taken"),
        Rule.NameTooLong => Xml("name-too-long", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "The name is too long"),
        Rule.CheckpointNotFound => new("checkpoint-not-found", "NO_DOMAIN_CHECKPOINT", "Domain checkpoint not found: ", 404, "No such checkpoint"),
        Rule.NoParent => new("no-parent", "NO_DOMAIN_CHECKPOINT", "Domain checkpoint not found: ", 404, "The checkpoint is a root"),
        Rule.FlagsExclusive => Bad("flags-exclusive", "INVALID_ARG", "", "Two flags exclude each other"),
        Rule.FlagRequired => Bad("flag-required", "INVALID_ARG", "", "A flag needs another"),
        Rule.DomainNotFound => new("domain-not-found", "NO_DOMAIN", "Domain not found: ", 404, "No such domain"),
        Rule.DomainXmlInvalid => Xml("domain-xml-invalid", "XML_ERROR", "XML error: ", "The domain XML lacks something"),
        Rule.DomainNameMissing => Xml("domain-name-missing", "NO_NAME", "", "The domain XML has no name"),
        Rule.DomainNameInvalid => Xml("domain-name-invalid", "XML_DETAIL", "", "The domain's name has a newline"),
        Rule.DomainUuidInvalid => Xml("domain-uuid-invalid", "INTERNAL_ERROR", "internal error: ", "The domain XML has a malformed UUID"),
        Rule.DomainTargetMissing => Xml("domain-target-missing", "NO_TARGET", "", "A disk of the domain XML has no target"),
        Rule.DomainNameTaken => Conflict("domain-name-taken", "OPERATION_FAILED", "operation failed: ", "Another domain has the name"),
        Rule.DomainUuidDiffers => Conflict("domain-uuid-differs", "OPERATION_FAILED", "operation failed: ", "The XML is another domain's"),
        Rule.DomainNameUnchanged => Conflict("domain-name-unchanged", "OPERATION_INVALID", "Requested operation is not valid: ", "The domain has that name already"),
        Rule.RenameTaken => Conflict("rename-taken", "OPERATION_INVALID", "Requested operation is not valid: ", "Another domain has the new name"),
        Rule.DomainHasCheckpoints => Conflict("domain-has-checkpoints", "OPERATION_INVALID", "Requested operation is not valid: ", "The domain has checkpoints"),
        Rule.SecureDenied => new("secure-denied", "OPERATION_DENIED", "operation forbidden: ", 403, "Secrets are not for this reader"),
        Rule.ListNotEmpty => Conflict("list-not-empty", "CONFIG_UNSUPPORTED", "unsupported configuration: ", "The domain has checkpoints already"),
        Rule.ListWithoutCheckpoints => Xml("list-without-checkpoints", "XML_ERROR", "XML error: ", "The list is empty"),
        Rule.ListInconsistent => Conflict("list-inconsistent", "XML_ERROR", "XML error: ", "Some items of the list cannot be taken"),
        Rule.ListCurrentNotFound => Conflict("list-current-not-found", "NO_DOMAIN_CHECKPOINT", "Domain checkpoint not found: ", "The list's current checkpoint is not in it"),
        Rule.Held => Conflict("held", "OPERATION_DENIED", "operation forbidden: ", "A legal hold keeps it as it is"),
        Rule.HoldIdInvalid => Bad("hold-id-invalid", "INVALID_ARG", "invalid argument: ", "No hold can have that id"),
        Rule.HoldIdTaken => Conflict("hold-id-taken", "OPERATION_FAILED", "operation failed: ", "Another hold of the domain has the id"),
        Rule.HoldNotFound => new("hold-not-found", "INVALID_ARG", "invalid argument: ", 404, "No such hold"),
        Rule.OwnerInvalid => Bad("owner-invalid", "INVALID_ARG", "invalid argument: ", "Nobody can have that name as an owner"),
        Rule.SourceNotFound => new("source-not-found", "INVALID_ARG", "invalid argument: ", 404, "No such source"),
        Rule.SourceTimedOut => new("source-timed-out", "OPERATION_TIMEOUT", "Timed out during operation: ", 503, "The libvirt host did not answer in time"),
        Rule.SourceUnreachable => new("source-unreachable", "OPERATION_FAILED", "operation failed: ", 503, "The libvirt host cannot be asked"),
        Rule.DomainNotThen => new("domain-not-then", "NO_DOMAIN", "Domain not found: ", 404, "The domain was not there then"),
        Rule.StillToCome => new("still-to-come", "INVALID_ARG", "invalid argument: ", 404, "That is not past yet"),
        Rule.LogEntryNotFound => new("log-entry-not-found", "INVALID_ARG", "invalid argument: ", 404, "The log has no such entry"),
        Rule.LogNotSigned => new("log-not-signed", "OPERATION_INVALID", "Requested operation is not valid: ", 404, "The log is not signed"),
        Rule.BrokerNotConfigured => new("broker-not-configured", "OPERATION_INVALID", "Requested operation is not valid: ", 404, "No broker is configured"),
        Rule.WebhookNotFound => new("webhook-not-found", "INVALID_ARG", "invalid argument: ", 404, "No such webhook"),
        Rule.WebhookTargetRefused => Bad("webhook-target-refused", "INVALID_ARG", "invalid argument: ", "Events are not sent there"),
        Rule.DeadLetterNotFound => new("dead-letter-not-found", "INVALID_ARG", "invalid argument: ", 404, "No such dead letter"),
        Rule.NotSupported => Bad("not-supported", "OPERATION_UNSUPPORTED", "Operation not supported: ", "A registry cannot do this"),
        Rule.RequestInvalid => Bad("request-invalid", "INVALID_ARG", "invalid argument: ", "The request is not understood"),
        Rule.VersionMismatch => new("version-mismatch", "OPERATION_FAILED", "operation failed: ", 412, "The domain has changed since"),
        Rule.ReasonRequired => Bad("reason-required", "OPERATION_INVALID", "Requested operation is not valid: ", "The change has to say why"),
        Rule.ReasonInvalid => Bad("reason-invalid", "INVALID_ARG", "invalid argument: ", "The reason cannot be taken"),
        Rule.TooBusy => new("too-busy", "OPERATION_FAILED", "operation failed: ", 503, "Too many writers at once"),
        Rule.Unauthenticated => new("unauthenticated", "AUTH_FAILED", "authentication failed: ", 401, "Who is asking is not known"),
        Rule.Forbidden => new("forbidden", "OPERATION_DENIED", "operation forbidden: ", 403, "The role does not allow it"),
        _ => throw new InvalidOperationException($"rule {rule} has no row"),
    };

    private static RuleMeaning Xml(string name, string code, string prefix, string title) => new(name, code, prefix, 422, title);

    private static RuleMeaning Bad(string name, string code, string prefix, string title) => new(name, code, prefix, 400, title);

    private static RuleMeaning Conflict(string name, string code, string prefix, string title) => new(name, code, prefix, 409, title);
}
