using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>define (cmdDefine).</summary>
internal static class Define
{
    public static Word Word { get; } = new(
        "define",
        Group.Domains,
        "define (but don't start) a domain from an XML file",
        "Define a domain.",
        [
            new("file", Takes.Required, "file containing an XML domain description", Names.File),
            new("validate", Takes.Nothing, "validate the XML against the schema"),
            WordOption.Reason,
            WordOption.IfVersion,
        ],
        Run)
    {
        Notes =
        [
            "Registers the domain, or updates the definition that later checkpoints get; earlier checkpoints keep theirs. The XML is kept as it is.",
            "--validate is refused: the schema of domains is libvirt's, and moves with each of its versions.",
        ],
        Examples = ["virsh dumpxml vm1 --inactive --security-info > vm1.xml; eventcheckpoints define vm1.xml"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Text("file", out var file)) return false;
        if (call.Has("validate")) return call.Fail("Operation not supported: the registry has no schema of domains to validate against; virt-xml-validate has");
        if (XmlFile.Read(call, file!) is not { } xml || !call.Got(await call.Api.PostXml("v1/domains", xml, call.Change), out var done)) return false;
        call.Say($"Domain '{done.DomainName}' defined from {file}\n");
        return true;
    }
}
