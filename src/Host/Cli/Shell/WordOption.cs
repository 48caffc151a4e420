namespace EventCheckpoints.Host.Cli.Shell;

/// <summary>What follows an option's name, and whether the option must be there (virsh's VSH_OT_BOOL, _STRING, _DATA and _ARGV).</summary>
public enum Takes
{
    /// <summary>Nothing: it is there or not.</summary>
    Nothing,

    /// <summary>A text; the option may be left out.</summary>
    Text,

    /// <summary>A text; the option must be given.</summary>
    Required,

    /// <summary>Any number of texts, to the end of the command.</summary>
    Rest,

    /// <summary>As <see cref="Rest"/>, and at least one.</summary>
    RequiredRest,
}

/// <summary>What a word in an option's place may be, for completion.</summary>
public enum Names
{
    Anything,
    Domain,
    Checkpoint,
    File,
}

/// <summary>An option of a word. Words without "--" fill the options that take a text, in the order of the table.</summary>
/// <param name="NamedOnly">Never filled by a bare word: our own additions, so that virsh's own command lines keep their meaning.</param>
public sealed record WordOption(string Name, Takes Takes, string Help, Names Names = Names.Anything, bool NamedOnly = false)
{
    public bool IsRequired => Takes is Takes.Required or Takes.RequiredRest;

    public bool IsRest => Takes is Takes.Rest or Takes.RequiredRest;

    public static WordOption Domain { get; } = new("domain", Takes.Required, "domain name or uuid", Names.Domain);

    public static WordOption Json { get; } = new("json", Takes.Nothing, "print the API's JSON instead", NamedOnly: true);

    public static WordOption Reason { get; } = new("reason", Takes.Text, "why, for the audit log", NamedOnly: true);

    /// <summary>Of the checkpoints that a word makes.</summary>
    public static WordOption Owner { get; } = new("owner", Takes.Text, "the tool or person that answers for what is new", NamedOnly: true);

    public static WordOption IfVersion { get; } = new("if-version", Takes.Text, "change nothing unless the domain is at this version", NamedOnly: true);

    private static readonly WordOption Occurred =
        new("occurred", Takes.Nothing, "with --at TIME, by when things happened as their sources say, not by when they were recorded", NamedOnly: true);

    /// <summary>The point in the past that a read word is of.</summary>
    public static IReadOnlyList<WordOption> AsOf { get; } =
        [new("at", Takes.Text, "as of a version such as 17, or a time such as 2026-11-20T12:00:00Z", NamedOnly: true), Occurred];

    /// <summary>The same of a word that is about all domains.</summary>
    public static IReadOnlyList<WordOption> AsOfTime { get; } = [new("at", Takes.Text, "as of a time such as 2026-11-20T12:00:00Z", NamedOnly: true), Occurred];
}
