using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace EventCheckpoints.Domain.Xml;

/// <summary>Bytes to text. They must be UTF-8 whatever the document declares: libvirt hands libxml2 a string.</summary>
public static class XmlText
{
    /// <summary>Bytes that are no UTF-8 stand in the text behind this, one code unit each, only while a fault is worded.</summary>
    private const char Stray = '\uDC00';

    /// <summary>
    /// Strict UTF-8. A byte order mark is skipped; what follows a NUL is not there, as in the C string libvirt reads a file into.
    /// </summary>
    /// <param name="source">What libvirt calls such a text in parser errors: domain_checkpoint or domain_definition.</param>
    /// <returns>The text, or <see cref="Rule.XmlMalformed"/> in libxml2's words: the first fault, which may stand before the first bad byte.</returns>
    public static Result<string> Decode(ReadOnlySpan<byte> utf8, string source = CheckpointSchema.Source)
    {
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        if (utf8.IndexOf((byte)0) is >= 0 and var nul)
            utf8 = utf8[..nul];
        if (Utf8.IsValid(utf8))
            return Encoding.UTF8.GetString(utf8);
        var good = ValidLength(utf8);
        var text = new StringBuilder(Encoding.UTF8.GetString(utf8[..good]));
        foreach (var stray in utf8.Slice(good, Math.Min(4, utf8.Length - good)))
            text.Append((char)(Stray + stray));
        return Libxml2Wording.FirstFault(text.ToString(), source)
            ?? new Refusal(Rule.XmlMalformed, $"({source}):1: Input is not proper UTF-8, indicate encoding !\n");
    }

    internal static bool IsStrayByte(char c) => c is >= Stray and <= (char)(Stray + 0xFF);

    internal static string FourBytes(string text, int at) => string.Create(
        CultureInfo.InvariantCulture,
        $"Bytes: 0x{text[at] - Stray:X2} 0x{text[at + 1] - Stray:X2} 0x{text[at + 2] - Stray:X2} 0x{text[at + 3] - Stray:X2}");

    private static int ValidLength(ReadOnlySpan<byte> utf8)
    {
        var length = 0;
        while (Rune.DecodeFromUtf8(utf8[length..], out _, out var taken) == System.Buffers.OperationStatus.Done)
            length += taken;
        return length;
    }
}
