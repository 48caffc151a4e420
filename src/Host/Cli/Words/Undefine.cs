using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Projections;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>undefine (cmdUndefine).</summary>
internal static class Undefine
{
    private static readonly string[] OfTheHost =
        ["managed-save", "storage", "remove-all-storage", "delete-storage-volume-snapshots", "wipe-storage", "nvram", "keep-nvram", "tpm", "keep-tpm"];

    public static Word Word { get; } = new(
        "undefine",
        Group.Domains,
        "undefine a domain",
        "Undefine an inactive domain, or convert persistent to transient.",
        [
            WordOption.Domain,
            new("managed-save", Takes.Nothing, "remove domain managed state file"),
            new("storage", Takes.Text, "remove associated storage volumes (comma separated list of targets or source paths) (see domblklist)"),
            new("remove-all-storage", Takes.Nothing, "remove all associated storage volumes (use with caution)"),
            new("delete-storage-volume-snapshots", Takes.Nothing, "delete snapshots associated with volume(s), requires --remove-all-storage (must be supported by storage driver)"),
            new("wipe-storage", Takes.Nothing, "wipe data on the removed volumes"),
            new("snapshots-metadata", Takes.Nothing, "remove all domain snapshot metadata (vm must be inactive)"),
            new("checkpoints-metadata", Takes.Nothing, "remove all domain checkpoint metadata (vm must be inactive)"),
            new("nvram", Takes.Nothing, "remove nvram file"),
            new("keep-nvram", Takes.Nothing, "keep nvram file"),
            new("tpm", Takes.Nothing, "remove TPM state"),
            new("keep-tpm", Takes.Nothing, "keep TPM state"),
            WordOption.Reason,
            WordOption.IfVersion,
        ],
        Run)
    {
        Notes =
        [
            "Refused while the domain has checkpoints, unless --checkpoints-metadata is given. Its history stays, and redefine-list brings it back.",
            "--snapshots-metadata is taken: there are none. The options that mean files of the host (storage, nvram, tpm, managed save) are refused: a registry has none of them.",
        ],
        Examples = ["undefine vm1 --checkpoints-metadata --reason \"moved to site B\""],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain)) return false;
        if (OfTheHost.FirstOrDefault(call.Has) is { } option)
            return await call.Exists(domain) && call.Fail($"Operation not supported: --{option} is about files of the host, and the registry has none");
        // virsh words its answer with the domain's name, by whatever the domain was named.
        if (!call.Got(await call.Api.Get<DomainSummary>(domain), out var found)) return false;
        var query = call.Has("checkpoints-metadata") ? "?checkpoints-metadata=true" : "";
        var reply = await call.Api.Send<Done>(HttpMethod.Delete, domain + query, call.Change);
        if (reply.Problem is { } problem)
        {
            call.Fail($"Failed to undefine domain '{found.Name}'");
            return call.Fail(problem);
        }

        call.Say($"Domain '{found.Name}' has been undefined\n");
        return true;
    }
}
