using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-create (cmdCheckpointCreate).</summary>
internal static class CheckpointCreate
{
    public const string QuiesceNote =
        "--quiesce is taken, so that scripts keep working, and does nothing: a registry cannot freeze a guest's file systems.";

    public static Word Word { get; } = new(
        "checkpoint-create",
        Group.Checkpoints,
        "Create a checkpoint from XML",
        "Create a checkpoint from XML for use in future incremental backups",
        [
            WordOption.Domain,
            new("xmlfile", Takes.Text, "domain checkpoint XML", Names.File),
            new("redefine", Takes.Nothing, "redefine metadata for existing checkpoint"),
            new("redefine-validate", Takes.Nothing, "validate the redefined checkpoint"),
            new("quiesce", Takes.Nothing, "quiesce guest's file systems"),
            WordOption.Owner,
            WordOption.Reason,
            WordOption.IfVersion,
        ],
        Run)
    {
        Notes =
        [
            "Without a file an empty <domaincheckpoint/> is sent: the name is the time in seconds, and every writable disk gets a bitmap.",
            "Without --redefine, parent, creation time and <domain> of the XML are checked and then ignored, as libvirt does: the current checkpoint becomes the parent.",
            "--redefine puts the XML's metadata in place of what was there; nothing of the old is merged.",
            "--redefine-validate is refused: bitmaps are on the host, where a registry cannot look.",
            QuiesceNote,
        ],
        Examples = ["checkpoint-create vm1", "checkpoint-create vm1 monday.xml", "checkpoint-create vm1 monday.xml --redefine --reason \"restored from backup\""],
    };

    /// <summary>Sends the XML and says what was made (virshCheckpointCreate).</summary>
    /// <param name="from">The file it came from; null for none.</param>
    public static async Task<bool> Create(Invocation call, string domain, byte[] xml, string flags, string? from)
    {
        if (!call.Text("owner", out var owner)) return false;
        if (owner is not null) flags = $"owner={Uri.EscapeDataString(owner)}&{flags}";
        if (!call.Got(await call.Api.PostXml($"{domain}/checkpoints?{flags}", xml, call.Change), out var made)) return false;
        call.Say(from is null ? $"Domain checkpoint {made.Checkpoint} created" : $"Domain checkpoint {made.Checkpoint} created from '{from}'");
        return true;
    }

    private static async Task<bool> Run(Invocation call)
    {
        if (call.Has("redefine-validate") && !call.Has("redefine")) return call.Fail("Option --redefine is required by option --redefine-validate");
        if (!call.Domain(out var domain)) return false;
        var from = call.Given("xmlfile");
        byte[]? xml;
        if (from is null) xml = "<domaincheckpoint/>"u8.ToArray();
        else if (from.Length > 0 && XmlFile.TryRead(call, from).Bytes is { } bytes) xml = bytes;
        // A missing domain is told before a missing file.
        else if (!await call.Exists(domain) || !call.Text("xmlfile", out _) || (xml = XmlFile.Read(call, from)) is null) return false;

        string[] flags = ["redefine", "redefine-validate", "quiesce"];
        return await Create(call, domain, xml, string.Join('&', flags.Where(call.Has).Select(flag => $"{flag}=true")), from);
    }
}
