using System.Text;
using System.Xml;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-edit (cmdCheckpointEdit): dump, edit, redefine.</summary>
internal static class CheckpointEdit
{
    public static Word Word { get; } = new(
        "checkpoint-edit",
        Group.Checkpoints,
        "edit XML for a checkpoint",
        "Edit the domain checkpoint XML for a named checkpoint",
        [WordOption.Domain, new("checkpointname", Takes.Text, "checkpoint name", Names.Checkpoint), WordOption.Reason, WordOption.IfVersion],
        Run)
    {
        Notes =
        [
            "The editor is $VISUAL, else $EDITOR, else vi.",
            "The name cannot be edited. virsh says so only after it has put the edited checkpoint under the new name and deleted it again, which destroys one that was there under that name; here nothing is changed.",
        ],
        Examples = ["EDITOR=nano eventcheckpoints checkpoint-edit vm1 monday"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || await call.Checkpoint("checkpointname", domain) is not { } name) return false;
        var path = $"{domain}/checkpoints/{name}";
        if (!call.Got(await call.Api.Get<CheckpointView>(path), out _)) return false;
        return await Edit(call, domain, path, name) || call.Fail($"Failed to update {name}");
    }

    private static async Task<bool> Edit(Invocation call, string domain, string path, string name)
    {
        var asIs = $"{path}?security-info=true";
        if (!call.Got(await call.Api.GetXml(asIs), out var before) || await Editor.Edit(call, Encoding.UTF8.GetBytes(before)) is not { } edited) return false;
        if (edited.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(before)))
        {
            call.Say($"Checkpoint {name} XML configuration not changed.\n");
            return true;
        }

        if (!call.Got(await call.Api.GetXml(asIs), out var now)) return false;
        if (now != before) return call.Fail("ERROR: the XML configuration was changed by another user");
        if (NameIn(edited) is { } newName && newName != name) return await RefuseRename(call, domain, edited, name, newName);
        if (!call.Got(await call.Api.PostXml($"{domain}/checkpoints?redefine=true", edited, call.Change), out _)) return false;
        call.Say($"Checkpoint {name} edited.\n");
        return true;
    }

    /// <summary>What is wrong with the XML besides its name is told first, by a list of one that is not applied.</summary>
    private static async Task<bool> RefuseRename(Invocation call, string domain, byte[] edited, string name, string newName)
    {
        var reply = await call.Api.PostXml($"{domain}/bulk?mode=merge&dry-run=true", edited, call.Change);
        if (reply.Problem is { } problem) return problem.Items is [var item, ..] ? call.Fail(item.Detail) : call.Fail(problem);
        return call.Fail($"Cannot rename checkpoint {name} to {newName}");
    }

    /// <summary>The name in the XML; null where the XML cannot be read, which the server words better.</summary>
    private static string? NameIn(byte[] xml)
    {
        try
        {
            var document = new XmlDocument { XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
            document.Load(reader);
            return document.SelectSingleNode("/domaincheckpoint/name")?.InnerText;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
