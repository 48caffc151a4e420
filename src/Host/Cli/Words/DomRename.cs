using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>domrename (cmdDomrename).</summary>
internal static class DomRename
{
    public static Word Word { get; } = new(
        "domrename",
        Group.Domains,
        "rename a domain",
        "Rename an inactive domain.",
        [WordOption.Domain, new("new-name", Takes.Required, "new domain name"), WordOption.Reason, WordOption.IfVersion],
        Run)
    {
        Notes = ["All checkpoints stay, whether the domain runs or not. libvirt's QEMU driver forgets them at its next start."],
        Examples = ["domrename vm1 vm2"],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain)) return false;
        if (call.Given("new-name") is "") return await call.Exists(domain) && call.Text("new-name", out _);
        using var body = JsonContent.Create(new { Name = call.Given("new-name") });
        if (!call.Got(await call.Api.Send<Done>(HttpMethod.Post, $"{domain}/rename", call.Change, body), out _)) return false;
        call.Say("Domain successfully renamed\n");
        return true;
    }
}
