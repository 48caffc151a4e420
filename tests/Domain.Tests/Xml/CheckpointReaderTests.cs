using System.Text;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

public sealed class CheckpointReaderTests
{
    private const string Schema = "XML document failed to validate against schema: Unable to validate doc against /usr/share/libvirt/schemas/domaincheckpoint.rng\n";

    [Fact]
    public void Everything_a_redefine_reads()
    {
        var read = CheckpointReader.ReadRedefine("""
            <?xml version='1.1' encoding='ISO-8859-1'?>
            <!-- left by libvirt -->
            <domaincheckpoint>
              <parent><name>p</name></parent>
              <disks><disk name='vda'/><disk name='/b' checkpoint='bitmap' bitmap='' size='12'/><disk name='vdc' checkpoint='no'/></disks>
              <name>c<!-- x -->1</name>
              <creationTime>007</creationTime>
              <description> two
            lines </description>
              <domain type='test'><name>d</name><uuid>11111111-2222-4333-8444-555555555555</uuid></domain>
            </domaincheckpoint>
            """).Value;
        Assert.Equal("c1", read.Name.Value);
        Assert.Equal("p", read.Parent?.Value);
        Assert.Equal(7, read.CreationTime.Seconds);
        Assert.Equal(" two\nlines ", read.Description);
        Assert.Equal([new ListedDisk("vda", null, null), new("/b", DiskMode.Bitmap, ""), new("vdc", DiskMode.No, null)], read.Disks);
        Assert.Equal("<domain type='test'><name>d</name><uuid>11111111-2222-4333-8444-555555555555</uuid></domain>", read.Definition?.Xml);
        Assert.Equal("11111111-2222-4333-8444-555555555555", read.Definition?.Id.ToString());
    }

    [Fact]
    public void A_create_checks_and_then_ignores_parent_time_and_domain()
    {
        var read = CheckpointReader.ReadCreate("<domaincheckpoint><creationTime>18446744073709551615</creationTime><description/><parent><name>p</name></parent></domaincheckpoint>").Value;
        Assert.Null(read.Name);
        Assert.Null(read.Description);
        Assert.Empty(read.Disks);
    }

    [Theory]
    [InlineData(Rule.XmlUnexpectedRoot, "<x/>", "XML error: expecting root element of 'domaincheckpoint', not 'x'")]
    [InlineData(Rule.XmlUnexpectedRoot, "<a:domaincheckpoint/>", "XML error: expecting root element of 'domaincheckpoint', not 'a:domaincheckpoint'")]
    [InlineData(Rule.NameMissing, "<domaincheckpoint><creationTime>5</creationTime></domaincheckpoint>", "XML error: a redefined checkpoint must have a name")]
    [InlineData(Rule.CreationTimeMissing, "<domaincheckpoint><name>a</name></domaincheckpoint>", "internal error: missing creationTime from existing checkpoint")]
    [InlineData(Rule.CreationTimeMissing, "<domaincheckpoint><name>a</name><creationTime>9223372036854775808</creationTime></domaincheckpoint>", "internal error: missing creationTime from existing checkpoint")]
    [InlineData(Rule.DomainXmlInvalid, "<domaincheckpoint><name>a</name><creationTime>5</creationTime><domain><name>a/b</name></domain></domaincheckpoint>", "XML error: name a/b cannot contain '/'")]
    [InlineData(Rule.XmlInvalidSchema, "<domaincheckpoint xmlns='u'/>", Schema + "Expecting no namespace for element domaincheckpoint\n")]
    [InlineData(Rule.XmlInvalidSchema, "<domaincheckpoint id='1'/>", Schema + "Invalid attribute id for element domaincheckpoint\n")]
    [InlineData(Rule.XmlInvalidSchema, "<domaincheckpoint><disks/><x/><name>.</name></domaincheckpoint>", Schema + "Extra element disks in interleave\nElement domaincheckpoint failed to validate content\n")]
    [InlineData(Rule.XmlInvalidSchema, "<domaincheckpoint><active>1</active></domaincheckpoint>", Schema + "Element domaincheckpoint has extra content: active\n")]
    [InlineData(Rule.XmlInvalidSchema, "<domaincheckpoint><domain/></domaincheckpoint>", Schema + "Extra element domain in interleave\nElement domaincheckpoint failed to validate content\n")]
    [InlineData(Rule.XmlMalformed, "<domaincheckpoint>\n  <name>a</nam>\n</domaincheckpoint>", "(domain_checkpoint):2: Opening and ending tag mismatch: name line 2 and nam\n  <name>a</nam>\n---------------^")]
    [InlineData(Rule.XmlMalformed, "<domaincheckpoint>&nosuch;</domaincheckpoint>", "(domain_checkpoint):1: Entity 'nosuch' not defined\n<domaincheckpoint>&nosuch;</domaincheckpoint>\n--------------------------^")]
    [InlineData(Rule.XmlMalformed, "<domaincheckpoint a='&nosuch;'/>", "(domain_checkpoint):1: Entity 'nosuch' not defined\n<domaincheckpoint a='&nosuch;'/>\n-----------------------------^")]
    public void What_libvirt_refuses_is_refused_in_its_words(Rule rule, string xml, string message)
    {
        var refusal = CheckpointReader.ReadRedefine(xml).Refusal;
        Assert.Equal(rule, refusal?.Rule);
        Assert.Equal(message, refusal?.Message);
        Assert.NotNull(refusal?.At);
    }

    [Theory]
    [InlineData("<!DOCTYPE domaincheckpoint [<!ENTITY e 'x'>]>", "&e;")]
    [InlineData("<!DOCTYPE domaincheckpoint [<!ENTITY e SYSTEM '/etc/passwd'>]>", "&e;")]
    [InlineData("<!DOCTYPE domaincheckpoint SYSTEM '/etc/passwd'>", "&e;")]
    [InlineData("<!DOCTYPE domaincheckpoint [<!ENTITY % p SYSTEM '/etc/passwd'>%p;]>", "&e;")]
    public void Nothing_a_doctype_declares_is_used(string doctype, string reference)
    {
        string Document(string description) => $"{doctype}<domaincheckpoint><description>{description}</description></domaincheckpoint>";
        Assert.Null(CheckpointReader.ReadCreate(Document("plain")).Refusal);
        Assert.Equal(Rule.XmlInvalidSchema, CheckpointReader.ReadCreate(Document(reference)).Refusal?.Rule);
        Assert.Equal(Rule.XmlInvalidSchema, CheckpointReader.ReadCreate($"{doctype}<domaincheckpoint><disks><disk name='vda' bitmap='{reference}'/></disks></domaincheckpoint>").Refusal?.Rule);
    }

    [Fact]
    public void Size_depth_and_number_of_elements_are_bounded()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));
        Assert.Equal(Rule.XmlUnexpectedRoot, CheckpointReader.ReadCreate(Nested(257)).Refusal?.Rule);
        var deep = CheckpointReader.ReadCreate(Nested(258)).Refusal;
        Assert.Equal((Rule.XmlTooDeep, "an element at line 1 has more than 256 elements around it, 256 are allowed"), (deep?.Rule, deep?.Text));
        var large = CheckpointReader.ReadCreate("<domaincheckpoint>" + new string(' ', 16 * 1024 * 1024) + "</domaincheckpoint>").Refusal;
        Assert.Equal((Rule.XmlTooLarge, "the document has 16777253 characters, 16777216 are allowed"), (large?.Rule, large?.Text));
        Assert.Equal(Rule.XmlTooLarge, CheckpointReader.ReadCreate("<a>" + string.Concat(Enumerable.Repeat("<b/>", 250_000)) + "</a>").Refusal?.Rule);
    }

    [Theory]
    [InlineData("<a>caf\u00e9\u00e9\u00e9\u00e9</a>", "(domain_checkpoint):1: Input is not proper UTF-8, indicate encoding !\nBytes: 0xE9 0xE9 0xE9 0xE9\n")]
    [InlineData("<a>\n</b>\u00e9\u00e9\u00e9\u00e9", "(domain_checkpoint):2: Opening and ending tag mismatch: a line 1 and b\n")]
    [InlineData("\u00ff\u00fe<\0", "(domain_checkpoint):1: Start tag expected, '<' not found\n")]
    public void Bytes_that_are_no_utf8_are_refused_at_the_first_fault(string latin1, string message)
    {
        var refusal = XmlText.Decode(Encoding.Latin1.GetBytes(latin1)).Refusal;
        Assert.Equal(Rule.XmlMalformed, refusal?.Rule);
        Assert.StartsWith(message, refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(refusal?.Message, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(refusal!.Message)));
    }

    [Fact]
    public void A_byte_order_mark_is_skipped_and_a_nul_ends_the_text() =>
        Assert.Equal("<é/>", XmlText.Decode("\ufeff<é/>\0<junk"u8).Value);
}
