using CsCheck;

namespace EventCheckpoints.Domain.Tests.Xml;

/// <summary>Random values with every character that XML can carry and that a writer can get wrong.</summary>
internal static class Any
{
    private static readonly Gen<string> Nasty = Gen.OneOf(
        "<", ">", "&", "\"", "'", "\t", "\n", "\r", "\r\n", " ", "]]>", "<![CDATA[", "-->", "&amp;", "&#13;", "\u007f", "\u0085", "\u2028", "\ufeff", "\ud7ff", "\ufffd", "é", "😀", "x", "0", "{", "\\");

    public static readonly Gen<string> Text = Nasty.Array[0, 12].Select(string.Concat);

    public static readonly Gen<MomentName> Name = Gen.String["abcXYZ019_-."].Where(text => text.Length is > 0 and < 20 && text[0] != '.').Select(MomentName.Trusted);

    private static readonly Gen<CheckpointDisk> Disk = Gen.Select(Gen.OneOf("vda", "vdb", "hdc", "/a b", "/é&<'\t>"), Gen.Bool, Text)
        .Select((name, isTracked, bitmap) => new CheckpointDisk(name, isTracked ? DiskMode.Bitmap : DiskMode.No, isTracked ? bitmap : null));

    public static readonly Gen<Checkpoint> Checkpoint = Gen.Select(Name, Text, Name, Gen.Bool, Gen.Long[1, long.MaxValue], Disk.Array[0, 4])
        .Select((name, description, parent, isRoot, seconds, disks) => new Checkpoint(
            name, description.Length == 0 ? null : description, isRoot ? null : parent, new CreationTime(seconds), disks, null));

    /// <summary>A definition with odd line ends, quotes and comments around what is read.</summary>
    public static readonly Gen<string> Domain = Gen.Select(Gen.OneOf("\n", "\r\n", "\r", ""), Gen.OneOf("'", "\""), Gen.OneOf("", " ", "\n  "), Gen.OneOf("", "<!-- </domain> <checkpoints> -->", "<![CDATA[<x>]]>", "<?p </domain>?>"))
        .Select((line, quote, blank, odd) =>
            $"<domain type={quote}test{quote}{blank}>{line}  <name>d é😀</name>{line}{odd}<metadata a={quote}>{quote}>{odd}</metadata>{line}  <devices><disk><source file='/a'/><target dev={quote}vda{quote}/></disk>{line}</devices{blank}>{odd}{line}{blank}</domain{blank}>");
}
