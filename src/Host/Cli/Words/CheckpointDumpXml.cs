using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>checkpoint-dumpxml (cmdCheckpointDumpXML).</summary>
internal static class CheckpointDumpXml
{
    public static Word Word { get; } = new(
        "checkpoint-dumpxml",
        Group.Checkpoints,
        "Dump XML for a domain checkpoint",
        "Checkpoint Dump XML",
        [
            WordOption.Domain,
            new("checkpointname", Takes.Text, "checkpoint name", Names.Checkpoint),
            new("security-info", Takes.Nothing, "include security sensitive information in XML dump"),
            new("no-domain", Takes.Nothing, "exclude <domain> from XML"),
            new("size", Takes.Nothing, "include backup size estimate in XML dump"),
            .. XPathQuery.Options,
            .. WordOption.AsOf,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "The <domain> is the one of the checkpoint's time, as it was given: libvirt would add its defaults to it.",
            "--size prints no size: only the hypervisor knows it.",
            XPathQuery.Note,
        ],
        Examples = ["checkpoint-dumpxml vm1 monday --no-domain", "checkpoint-dumpxml vm1 monday --xpath //disk/@bitmap", "checkpoint-dumpxml vm1 monday --at 2026-11-20T12:00:00Z"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (XPathQuery.IsEmpty(call) || !call.Domain(out var domain) || await call.Checkpoint("checkpointname", domain) is not { } name) return false;
        var path = $"{domain}/checkpoints/{name}";
        if (call.WantsJson) return await call.PrintJson(path);
        string[] flags = ["security-info", "no-domain", "size"];
        return call.Got(await call.Api.GetXml(call.Ask(path, flags)), out var xml) && XPathQuery.Print(call, xml);
    }
}
