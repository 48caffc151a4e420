using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Host.Cli.Remote;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>hold-release: a legal hold ends.</summary>
internal static class HoldRelease
{
    public static Word Word { get; } = new(
        "hold-release",
        Group.Audit,
        "end a legal hold",
        "Releases a legal hold: what it held can be changed again, unless another one holds it too.",
        [WordOption.Domain, new("id", Takes.Required, "the hold's id; hold-list prints it"), WordOption.Reason, WordOption.IfVersion],
        Run)
    {
        Notes = ["--reason is required. When it was placed and released, by whom and why, stays in the history."],
        Examples = ["hold-release vm1 case-2026-17 --reason \"case closed\""],
    };

    private static async Task<bool> Run(Invocation call)
    {
        if (!call.Domain(out var domain) || !call.Text("id", out var id)) return false;
        // A path cannot hold texts such as "..".
        if (!HoldId.TryParse(id, out var hold)) return await call.Exists(domain) && call.Fail(ReleaseHold.NotFound(id!).Message);
        if (!call.Got(await call.Api.Send<Done>(HttpMethod.Delete, $"{domain}/holds/{hold}", call.Change), out var done)) return false;
        call.Say($"Legal hold {done.Hold} released\n");
        return true;
    }
}
