using System.Globalization;
using System.Text;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>Commands and the files they name, from a seed. Names come from a small pool, so that commands hit what others made.</summary>
internal sealed class RandomScript
{
    private static readonly string[] Pool = ["a", "b", "C", "d1", "_e", "9", "f.g", "-h", "J", "k-2"];
    private static readonly string[] Disks = ["vda", "vdb", "vdc", "sda", "hda", "vdz", "/pool/web-root.qcow2", "/pool/web-seed.raw", "/pool/both.img"];
    private readonly Random _random;
    private readonly Dictionary<string, string> _files = [];
    private readonly List<string> _commands = [];
    private bool _namelessUsed;

    private RandomScript(int seed) => (_random, Folder) = (new Random(seed), seed.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where its files are, below the folder of all.</summary>
    public string Folder { get; }

    public IReadOnlyList<string> Commands => _commands;

    public IReadOnlyDictionary<string, string> Files => _files;

    public static RandomScript Of(int seed, int length)
    {
        var script = new RandomScript(seed);
        for (var i = 0; i < length; i++) script._commands.Add(script.Next());
        // Where current is shows in the parent of one more.
        script._commands.AddRange(["checkpoint-create-as web probe", "checkpoint-parent web probe", "checkpoint-list web --tree", "checkpoint-list web --topological --parent"]);
        return script;
    }

    private string Next() => _random.Next(100) switch
    {
        < 34 => $"checkpoint-create {Domain} {File(mayBeNameless: true)} --redefine",
        < 40 => $"checkpoint-create {Domain} {File(mayBeNameless: false)}{Maybe(" --quiesce")}",
        < 50 => CreateAs(),
        < 58 => $"checkpoint-delete {Domain} {Name()}{Maybe(" --children")}{Maybe(" --children-only")}{Maybe(" --metadata")}",
        < 74 => $"checkpoint-list {Domain}{From()}{Flags("parent", "roots", "leaves", "no-leaves", "tree", "descendants", "name", "topological")}",
        < 79 => $"checkpoint-info {Domain} {Name()}",
        < 84 => $"checkpoint-parent {Domain} {Name()}",
        < 91 => $"checkpoint-dumpxml {Domain} {Name()}{Flags("no-domain", "size")}{XPath()}",
        _ => Wrong(),
    };

    /// <summary>Almost always the same one: a forest grows where commands meet.</summary>
    private string Domain => _random.Next(20) switch
    {
        0 => "twin",
        1 => "bare",
        2 => "5a3f2c11-7d10-4b8e-9a64-0c5be2d7a001",
        3 => _random.Next(3) == 0 ? "nosuch" : "web",
        _ => "web",
    };

    private string Name()
    {
        var name = Pool[_random.Next(Pool.Length)];
        return name.StartsWith('-') ? $"-- {name}" : _random.Next(8) == 0 ? $"\"{name}\"" : name;
    }

    /// <summary>A bare word, or a named option; "--" would make data of all that follows.</summary>
    private string From() => _random.Next(3) == 0 ? $" --from {Pool[_random.Next(Pool.Length)]}" : "";

    private string XPath() => _random.Next(6) == 0 ? Pick(" --xpath /domaincheckpoint/disks/disk", " --xpath /domaincheckpoint/name/text()", " --xpath //disks/disk/@name --wrap", " --xpath //nosuch", " --xpath 'count(//disk)'", " --no-domain --xpath /") : "";

    private string CreateAs()
    {
        if (_random.Next(12) == 0 && !_namelessUsed)
        {
            _namelessUsed = true;
            return "checkpoint-create web";
        }

        var disks = string.Concat(Enumerable.Range(0, _random.Next(3)).Select(_ => $" --diskspec {Pick(Disks)}{Pick("", ",checkpoint=no", ",checkpoint=bitmap,bitmap=m", ",bitmap=a,,b", ",what")}"));
        return $"checkpoint-create-as {Domain} --name {Pool[_random.Next(Pool.Length)]}{Pick("", " --description \"some <text> & more\"", " --description 'it\\s'")}{disks}{Maybe(" --print-xml")}";
    }

    private string Wrong() => Pick(
        "checkpoint-nosuch x", "checkpoint-info", "checkpoint-info web", "checkpoint-info web ''", "checkpoint-info web a b", "checkpoint-list web --bogus",
        "checkpoint-list web --from", "checkpoint-list web --tree=1", "checkpoint-list web --name --name", "checkpoint-list ''", "checkpoint-delete", "'x y'",
        "checkpoint-info \"web", "checkpoint-info web a\\", "checkpoint-info 'web", "checkpoint-info web nosuch --checkpointname a", "checkpoint-create web nosuch.xml",
        "checkpoint-create web --redefine-validate", "checkpoint-create nosuch nosuch.xml", "checkpoint-create web ''", "checkpoint-create-as web '' x", "checkpoint-create web /",
        "checkpoint-edit web", "checkpoint-edit web nosuch", "checkpoint-parent web .a", "checkpoint-parent web a/b", "checkpoint-list web --from ''", "list --table --name",
        "list --name", "list --uuid", "list --uuid --name --with-checkpoint", "list --without-checkpoint --name", "list x", "dumpxml nosuch", "dumpxml web --xpath //target/@dev",
        "dumpxml web --xpath //devices --wrap x", "define nosuch.xml", "define", "define ''", "domrename nosuch x", "domrename web", "domrename web ''",
        "undefine nosuch", "help nosuch", "checkpoint-list --help=1", "echo a  'b c'\\ d # e", "# only a comment", "checkpoint-create-as web n d --diskspec ''  --print-xml",
        "checkpoint-create-as web --print-xml '<&>' \"'\"");

    /// <summary>A create without a name is named by the second, which is another for virsh and for us: there is at most one of them.</summary>
    private string File(bool mayBeNameless)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_files.Count:000}.xml");
        _files[name] = Xml(mayBeNameless);
        return name;
    }

    private string Xml(bool mayBeNameless)
    {
        var parts = new List<string>();
        if (_random.Next(25) != 0 || !mayBeNameless) parts.Add($"<name>{(_random.Next(20) == 0 ? Pick(".x", "a b", "") : Pool[_random.Next(Pool.Length)])}</name>");
        if (_random.Next(3) == 0) parts.Add($"<description>{Pick("plain", "a &lt; b &amp; c", "", " ", "two\nlines", "quote's \"", "ünï")}</description>");
        if (_random.Next(25) != 0) parts.Add($"<creationTime>{_random.Next(20) switch { 0 => "0", 1 => "007", 2 => "99999999999999999999", 3 => "-1", _ => _random.NextInt64(1, 1_700_000_000).ToString(CultureInfo.InvariantCulture) }}</creationTime>");
        if (_random.Next(3) != 0) parts.Add($"<parent><name>{Pool[_random.Next(Pool.Length)]}</name></parent>");
        if (_random.Next(3) == 0) parts.Add(DisksXml());
        if (_random.Next(8) == 0) parts.Add(DomainXml());
        if (_random.Next(40) == 0) parts.Add("<active>1</active>");
        var shuffled = parts.ToArray();
        _random.Shuffle(shuffled);
        var xml = $"<domaincheckpoint>{string.Concat(shuffled)}</domaincheckpoint>";
        return _random.Next(40) == 0 ? Pick(xml[..^5], $"<x>{xml}</x>", "", mayBeNameless ? "<domaincheckpoint/>" : "<>") : xml;
    }

    private string DisksXml()
    {
        var xml = new StringBuilder("<disks>");
        for (var i = _random.Next(1, 5); i > 0; i--)
            xml.Append($"<disk name='{Pick(Disks)}'{Pick("", " checkpoint='no'", " checkpoint='bitmap'", " bitmap='m &amp; n'", " checkpoint='bitmap' bitmap=''", " size='5'", " checkpoint='no' bitmap='x'")}/>");
        return xml.Append("</disks>").ToString();
    }

    private string DomainXml() =>
        $"<domain type='test'><name>{Pick("web", "was")}</name><uuid>5a3f2c11-7d10-4b8e-9a64-0c5be2d7a00{Pick("1", "1", "1", "2")}</uuid><memory>1024</memory><os><type>hvm</type></os><devices>"
        + "<disk type='file'><source file='/pool/web-root.qcow2'/><target dev='vda' bus='virtio'/></disk><disk type='file'><source file='/pool/b'/><target dev='vdb' bus='virtio'/></disk></devices></domain>";

    private string Maybe(string text) => _random.Next(5) == 0 ? text : "";

    private string Flags(params string[] flags) => string.Concat(flags.Where(_ => _random.Next(6) == 0).Select(flag => $" --{flag}"));

    private string Pick(params string[] texts) => texts[_random.Next(texts.Length)];
}
