using CsCheck;
using EventCheckpoints.Domain.Xml;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Xml;

public sealed class DefinitionTextTests
{
    private static readonly DomainId Id = new(Guid.Parse("11111111-2222-4333-8444-555555555555"));

    [Theory]
    [InlineData("<graphics type='vnc' passwd='x' port='1'/>", "<graphics type='vnc' port='1'/>")]
    [InlineData("<graphics\n  passwd = \"a&lt;'>\"\n  type='vnc'/>", "<graphics\n  type='vnc'/>")]
    [InlineData("<graphics passwd='x'></graphics><graphics passwd='y' ></graphics>", "<graphics></graphics><graphics ></graphics>")]
    [InlineData("<!-- <graphics passwd='x'/> --><graphics passwdValidTo='x'/>", "<!-- <graphics passwd='x'/> --><graphics passwdValidTo='x'/>")]
    [InlineData("<disk><source>\n <cookies>\n <cookie name='a'>b</cookie></cookies>\n</source><target dev='vda'/></disk>", "<disk><source>\n</source><target dev='vda'/></disk>")]
    [InlineData("<disk><target dev='vda'/><backingStore><source><cookies/></source></backingStore></disk>", "<disk><target dev='vda'/><backingStore><source></source></backingStore></disk>")]
    public void Secrets_go_with_the_blanks_before_them(string devices, string without) =>
        Assert.Equal(InDomain(without), DefinitionText.WithoutSecrets(InDomain(devices)));

    [Fact]
    public void Nothing_else_is_touched() => Any.Domain.Sample(domain =>
    {
        Assert.Same(domain, DefinitionText.WithoutSecrets(domain));
        var renamed = DefinitionText.WithName(domain, DomainName.Trusted("a<&\r"));
        Assert.Equal(domain.Replace("<name>d é😀<", "<name>a&lt;&amp;&#13;<", StringComparison.Ordinal), renamed);
        Assert.Equal("a<&\r", DefinitionReader.Read(renamed).Value.Name.Value);
        var identified = DefinitionText.WithUuid(domain, Id);
        Assert.Equal(Id, DefinitionReader.Read(identified).Value.Id);
        Assert.Equal(identified, DefinitionText.WithUuid(identified, default));
    });

    [Fact]
    public void A_uuid_is_indented_like_the_name() =>
        Assert.Equal($"<domain>\n  <name>d</name>\n  <uuid>{Id}</uuid>\n</domain>", DefinitionText.WithUuid("<domain>\n  <name>d</name>\n</domain>", Id));

    [Fact]
    public void A_definition_is_the_element_alone_however_its_file_begins_and_ends()
    {
        var read = DefinitionReader.Read("<?xml version='1.0'?>\n<!-- c -->\r\n<domain>\r\n  <name> d </name></domain>\n<!-- end -->\n").Value;
        Assert.Equal("<domain>\r\n  <name> d </name></domain>", read.Xml);
        Assert.Equal(DefinitionHash.Of(read.Xml), read.Hash);
        Assert.Equal(" d ", read.Name.Value);
        Assert.Null(read.Id);
    }

    [Fact]
    public void A_serial_is_read() =>
        Assert.Equal("s1", Assert.Single(DefinitionReader.Read(InDomain("<disk><target dev='vda'/><serial>s1</serial></disk>")).Value.Disks).Serial);

    private static string InDomain(string devices) => $"<domain>\n  <name>d</name><devices>{devices}</devices></domain>";
}
