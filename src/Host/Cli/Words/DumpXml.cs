using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>dumpxml (cmdDumpXML), and with --checkpoints all of a domain's checkpoints in one document.</summary>
internal static class DumpXml
{
    public static Word Word { get; } = new(
        "dumpxml",
        Group.Domains,
        "domain information in XML",
        "Output the domain information as an XML dump to stdout.",
        [
            WordOption.Domain,
            new("inactive", Takes.Nothing, "show inactive defined XML"),
            new("security-info", Takes.Nothing, "include security sensitive information in XML dump"),
            new("update-cpu", Takes.Nothing, "update guest CPU according to host CPU"),
            new("migratable", Takes.Nothing, "provide XML suitable for migrations"),
            .. XPathQuery.Options,
            new("checkpoints", Takes.Nothing, "with all checkpoints of the domain, parents first"),
            new("no-domain", Takes.Nothing, "with --checkpoints, leave out the <domain> inside of each checkpoint"),
            .. WordOption.AsOf,
            WordOption.Json,
        ],
        Run)
    {
        Notes =
        [
            "The XML is the one the domain was defined with, character for character; only secrets are left out unless --security-info is given.",
            "--checkpoints is what redefine-list reads: dump, undefine, redefine-list gives the same dump again.",
            "--inactive is taken: a registry knows no other. --update-cpu and --migratable are refused: they are about a host.",
            XPathQuery.Note,
        ],
        Examples = ["dumpxml vm1 --checkpoints --security-info > vm1-checkpoints.xml", "dumpxml vm1 --xpath //disk/source", "dumpxml vm1 --checkpoints --at 17"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (XPathQuery.IsEmpty(call)) return false;
        if (call.Has("no-domain") && !call.Has("checkpoints")) return call.Fail("Option --checkpoints is required by option --no-domain");
        if (call.Has("xpath") && call.Has("checkpoints")) return call.Fail("Options --xpath and --checkpoints are mutually exclusive");
        if (!call.Domain(out var domain)) return false;
        if (((string[])["update-cpu", "migratable"]).FirstOrDefault(call.Has) is { } option)
            return await call.Exists(domain) && call.Fail($"Operation not supported: --{option} is about a host, and the registry has none");
        if (call.WantsJson) return await call.PrintJson(domain);
        string[] flags = ["security-info", "no-domain"];
        if (call.Has("checkpoints")) return call.Got(await call.Api.CopyXml(call.Ask($"{domain}/bulk", flags), call.Out), out _);
        return call.Got(await call.Api.GetXml(call.Ask(domain, flags)), out var xml) && XPathQuery.Print(call, xml);
    }
}
