using System.Text;

namespace EventCheckpoints.Domain.Tests.Xml;

/// <summary>Random checkpoint documents: mostly valid ones, and what becomes of them when text is torn.</summary>
/// <param name="domain">Put whole into some documents, after they were torn: its own schema is not ours to check.</param>
internal sealed class Documents(int seed, string domain)
{
    private const string Domain = "@domain@";
    private const string OtherDomain = "@other@";


    private readonly Random random = new(seed);

    public string Any() => Pick(Mutated, Mutated, Mutated, Odd, Valid)();

    public string Valid()
    {
        List<string> parts =
        [
            $"<name>{Pick("a", "b", "c.1", "-x", "_y", "9")}</name>",
            $"<creationTime>{Pick("5", "007", "1551128777", "0", "9223372036854775807")}</creationTime>",
        ];
        if (random.Next(3) > 0)
            parts.Add($"<description>{Pick("", " ", "text", "a &lt;b&gt; &amp; &quot;&apos;", "zwei\nZeilen", "é€😀", "<![CDATA[<x>&]]>", "&#9;&#10;x", " lead", "a<!-- c -->b")}</description>");
        if (random.Next(3) == 0)
            parts.Add($"<parent>{Space()}<name>root</name>{Space()}</parent>");
        if (random.Next(2) == 0)
            parts.Add($"<disks>{Space()}{string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Disk() + Space()))}</disks>");
        if (random.Next(4) == 0)
            parts.Add(Pick(Domain, Domain, OtherDomain));
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts));
        return Pick("", "", "<?xml version='1.0'?>\n", "<?xml version=\"1.0\" encoding='UTF-8' ?>", "<!-- c -->\n", "<!DOCTYPE domaincheckpoint>")
            + $"<domaincheckpoint>{Space()}{string.Concat(parts.Select(part => part + Space()))}</domaincheckpoint>{Pick("", "\n", "<!-- end -->")}";
    }

    private string Disk() =>
        $"<disk name={Quoted(Pick("vda", "vdb", "vdc", "vdd", "hdc", "vdz", "/images/multi-os.qcow2", "/images/none", "/"))}"
        + Pick("", "", " checkpoint='no'", " checkpoint='bitmap'", " checkpoint=\"bitmap\"\n", " checkpoint='default'")
        + Pick("", "", "", " bitmap='b1'", " bitmap=''", " bitmap='a&#10;b&amp;\"'", " size='12'")
        + Pick("/>", " />", "></disk>", ">\n</disk>");

    private string Odd()
    {
        var text = Valid();
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            var at = random.Next(text.Length + 1);
            text = text.Insert(at, Pick(Snippets));
        }

        return text;
    }

    private string Mutated()
    {
        var text = Valid();
        for (var times = random.Next(1, 4); times > 0 && text.Length > 0; times--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, random.Next(2, 30)), text.Length - at);
            text = random.Next(7) switch
            {
                0 => text[..at],
                1 => text.Remove(at, length),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => text.Insert(random.Next(text.Length), text.Substring(at, length)),
                4 => text.Remove(at, 1).Insert(at, Pick(Characters)),
                5 => text.Remove(at, 1),
                _ => text.Insert(at, Pick(Characters)),
            };
        }

        return text;
    }

    /// <summary>The same torn at the level of bytes, so that it may be no UTF-8.</summary>
    public byte[] Bytes()
    {
        var other = domain.Replace("<uuid>1", "<uuid>2", StringComparison.Ordinal);
        var text = Any().Replace(Domain, domain, StringComparison.Ordinal).Replace(OtherDomain, other, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var times = text.Contains("<domain ", StringComparison.Ordinal) ? 0 : random.Next(0, 2); times > 0 && bytes.Count > 0; times--)
            bytes.Insert(random.Next(bytes.Count), (byte)Pick(0x80, 0xC3, 0xE9, 0xFF, 0xFE, 0xED, 0xF0, 0x01, 0x1F, 0x7F));
        return [.. bytes];
    }

    private string Space() => Pick("", "", "\n  ", " ", "\t", "\r\n", "<!-- c -->", "\n<!-- ü -->\n", "<?pi x?>");

    private string Quoted(string value) => Pick($"'{value}'", $"\"{value}\"");

    public T Pick<T>(params T[] of) => of[random.Next(of.Length)];

    private static readonly string[] Characters =
        ["<", ">", "/", "&", ";", "'", "\"", "=", "!", "-", "--", "?", "]", "[", "x", " ", "\n", "\r", "\t", ":", "#", "0", ".", "é", "😀", "\u0001", "\u0085", "\u00a0", "\u2028", "\ufffe", "%", "\\"];

    private static readonly string[] Snippets =
    [
        "<!-- x -->", "<!-- a -- b -->", "<!--é -- b -->", "<!-->", "<!--", "<?x?>", "<?x y?>", "<?xml version='1.0'?>", "<?XML?>", "<?", "<?x", "<![CDATA[x]]>", "<![CDATA[ ]]>", "<![CDATA[", "]]>",
        "&amp;", "&amp", "&", "&;", "&#65;", "&#x41;", "&#;", "&#x;", "&#0;", "&#1;", "&#xD800;", "&#x110000;", "&#99999999999;", "&#1a;", "&lt;", "&nosuch;", "&a b;",
        "<a>", "</a>", "<a/>", "<a b='c'/>", "<a:b/>", "<a:b xmlns:a='u'/>", "<name>q</name>", "<name/>", "<disks/>", "<disks>", "</disks>", "<parent><name>root</name></parent>", "<description>d</description>",
        " x='1'", " x='1' x='2'", " x", " x=", " x=1", " x='", " xmlns='u'", " xmlns:p='u'", " p:x='1'", " xmlns:p=''", " =", "text", "<", ">", "</", "</>", "<>", "< a>", "<é/>", "<1/>", "<a:/>", "<:a/>", "<a:b:c/>",
        "<!DOCTYPE x>", "<!DOCTYPE", "<!ELEMENT>", "<!x>", "<domain/>", "\0", "<active>1</active>",
    ];
}
