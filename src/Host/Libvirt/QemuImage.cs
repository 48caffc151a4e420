using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace EventCheckpoints.Host.Libvirt;

/// <summary>What qemu-img tells of a disk image, which only works on the machine that has it. A domain may be using it meanwhile.</summary>
internal static class QemuImage
{
    /// <summary>The image as qemu-img describes it, or why it cannot be asked.</summary>
    public static async Task<(JsonDocument? Image, string Why)> InfoAsync(string? source, bool local, bool chain = false)
    {
        // Anything else could be taken for a protocol's name (json:, nbd:).
        if (source is null || !source.StartsWith('/')) return (null, "it is no file");
        if (!local) return (null, "it is on another machine, and the domain does not run: ask on that machine");
        // Nothing but qcow2 has bitmaps or is an overlay; a format that is found out by looking is the guest's to choose.
        string[] arguments = ["info", "--output=json", "--force-share", "-f", "qcow2", .. chain ? ["--backing-chain"] : Array.Empty<string>(), source];
        var start = new ProcessStartInfo("qemu-img", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var program = Process.Start(start)!;
            var (output, error) = (program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync());
            await program.WaitForExitAsync();
            return program.ExitCode == 0 ? (JsonDocument.Parse(await output), "") : (null, (await error).Trim().ReplaceLineEndings(" "));
        }
        catch (Win32Exception)
        {
            return (null, "qemu-img is not on this machine: install it with 'apt-get install qemu-utils'");
        }
    }

    /// <summary>The files that an image is based on, the nearest first; none where it is based on none, or cannot be asked.</summary>
    public static async Task<IReadOnlyList<string>> BackingAsync(string? source, bool local)
    {
        var (images, _) = await InfoAsync(source, local, chain: true);
        if (images is null) return [];
        using (images)
        {
            return [.. images.RootElement.EnumerateArray().Skip(1).Select(image => image.GetProperty("filename").GetString()!)];
        }
    }
}
