using System.Formats.Tar;
using System.Text;

namespace EventCheckpoints.Host.Cli.Import;

/// <summary>Reads a tar archive (ustar, pax, GNU, and the seventh edition's). Nothing of it is ever written anywhere.</summary>
internal static class ImportArchive
{
    private const int Checksum = 148;
    private const int ChecksumLength = 8;

    public static async Task ReadAsync(ImportIntake intake, string archive, Stream content, CancellationToken cancellation)
    {
        try
        {
            await using var tar = new TarReader(content, leaveOpen: true);
            var packed = content as BoundedUnpacking;
            for (packed?.Expect(0); await NextAsync(tar, cancellation) is { } entry;)
            {
                packed?.Expect(entry.Length);
                Take(intake, archive, entry);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            intake.Fault(archive, $"it is no whole archive: {e.Message}");
        }
    }

    /// <exception cref="InvalidDataException">There is no header where one has to be, or none that can be meant.</exception>
    private static async Task<TarEntry?> NextAsync(TarReader tar, CancellationToken cancellation)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellation);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            // What TarReader says of fields that contradict each other.
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>Whether a block is the header of an entry: its sum is right (POSIX.1-1988 §10.1.1; the sum's own place counts as blanks).</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block)
    {
        var sum = 0;
        for (var at = 0; at < block.Length; at++) sum += at is >= Checksum and < Checksum + ChecksumLength ? ' ' : block[at];
        var field = Encoding.ASCII.GetString(block.Slice(Checksum, ChecksumLength)).Trim(' ', '\0');
        return field.Length > 0 && field.All(digit => digit is >= '0' and <= '7') && Convert.ToInt32(field, 8) == sum;
    }

    private static void Take(ImportIntake intake, string archive, TarEntry entry)
    {
        var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
        var path = intake.See($"{archive}/{name}");
        if (entry.EntryType is TarEntryType.Directory or TarEntryType.DirectoryList or TarEntryType.GlobalExtendedAttributes) return;
        if (name.StartsWith('/') || name.Split('/').Contains("..")) intake.Fault(path, "its name leads out of the archive");
        else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
            intake.Take(path, path[..path.LastIndexOf('/')], entry.DataStream ?? Stream.Null);
        else intake.Fault(path, "it is no plain file but a link, a device or the like, which is not followed");
    }
}
