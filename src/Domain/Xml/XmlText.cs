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
        var text = WithStrayBytes(utf8);
        return Libxml2Wording.FirstFault(text, source)
            ?? new Refusal(Rule.XmlMalformed, $"({source}):1: Input is not proper UTF-8, indicate encoding !");
    }

    internal static bool IsStrayByte(char c) => c is >= Stray and <= (char)(Stray + 0xFF);

    /// <summary>The next four bytes as libxml2 quotes them; null where fewer are left.</summary>
    internal static string? FourBytes(string text, int at)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (var count = 0; count < bytes.Length; at++)
        {
            if (at >= text.Length)
                return null;
            if (IsStrayByte(text[at]))
            {
                bytes[count++] = (byte)(text[at] - Stray);
                continue;
            }

            var encoded = Encoding.UTF8.GetBytes(text, at, char.IsHighSurrogate(text[at]) ? 2 : 1).AsSpan();
            encoded[..Math.Min(encoded.Length, bytes.Length - count)].CopyTo(bytes[count..]);
            count += encoded.Length;
            at += char.IsHighSurrogate(text[at]) ? 1 : 0;
        }

        return string.Create(CultureInfo.InvariantCulture, $"Bytes: 0x{bytes[0]:X2} 0x{bytes[1]:X2} 0x{bytes[2]:X2} 0x{bytes[3]:X2}");
    }

    /// <summary>Without half characters, which no encoding can carry.</summary>
    internal static string Readable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string WithStrayBytes(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder();
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var taken) == System.Buffers.OperationStatus.Done)
                text.Append(rune);
            else
                (taken, _) = (1, text.Append((char)(Stray + utf8[0])));
            utf8 = utf8[taken..];
        }

        return text.ToString();
    }
}
