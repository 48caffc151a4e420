using System.Text;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-create-as (cmdCheckpointCreateAs): the XML is made of arguments.</summary>
internal static class CheckpointCreateAs
{
    public static Word Word { get; } = new(
        "checkpoint-create-as",
        Group.Checkpoints,
        "Create a checkpoint from a set of args",
        "Create a checkpoint from arguments for use in future incremental backups",
        [
            WordOption.Domain,
            new("name", Takes.Text, "name of checkpoint"),
            new("description", Takes.Text, "description of checkpoint"),
            new("print-xml", Takes.Nothing, "print XML document rather than create"),
            new("quiesce", Takes.Nothing, "quiesce guest's file systems"),
            WordOption.Owner,
            WordOption.Reason,
            WordOption.IfVersion,
            new("diskspec", Takes.Rest, "disk attributes: disk[,checkpoint=type][,bitmap=name]"),
        ],
        Run)
    {
        Notes =
        [
            "A comma in a diskspec is written twice. Type and bitmap go into the XML as they are, name, description and disk with the XML's special characters escaped.",
            CheckpointCreate.QuiesceNote,
        ],
        Examples = ["checkpoint-create-as vm1 monday \"before the upgrade\"", "checkpoint-create-as vm1 monday --diskspec vda --diskspec vdb,checkpoint=no --print-xml"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain)) return false;
        // A missing domain is told before anything else; where all else is well, the create itself asks for it.
        var made = Xml(call, out var error);
        if (made is null || call.Has("print-xml"))
        {
            if (!await call.Exists(domain)) return false;
            if (made is null) return call.Fail(error);
            call.Out.Write(made + "\n");
            return true;
        }

        return await CheckpointCreate.Create(call, domain, Encoding.UTF8.GetBytes(made), call.Has("quiesce") ? "quiesce=true" : "", null);
    }

    private static string? Xml(Invocation call, out string error)
    {
        error = "";
        var xml = new StringBuilder("<domaincheckpoint>\n");
        foreach (var option in (string[])["name", "description"])
        {
            if (call.Given(option) is not { } text) continue;
            if (text.Length == 0)
            {
                error = $"Failed to get option '{option}': Option argument is empty";
                return null;
            }

            xml.Append($"  <{option}>{DiskSpec.Escape(text)}</{option}>\n");
        }

        if (call.Has("diskspec"))
        {
            xml.Append("  <disks>\n");
            foreach (var text in call.Rest("diskspec"))
            {
                if (DiskSpec.ToXml(text) is not { } disk)
                {
                    error = $"unable to parse diskspec: {text}";
                    return null;
                }

                xml.Append($"    {disk}\n");
            }

            xml.Append("  </disks>\n");
        }

        return xml.Append("</domaincheckpoint>\n").ToString();
    }
}
