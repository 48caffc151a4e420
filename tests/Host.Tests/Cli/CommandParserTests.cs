using EventCheckpoints.Host.Cli.Shell;
using EventCheckpoints.Host.Cli.Words;
using Xunit;

namespace EventCheckpoints.Host.Tests.Cli;

/// <summary>Command lines are read as virsh 9.0.0 reads them; each expectation was seen there.</summary>
public sealed class CommandParserTests
{
    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("'a b' \"c d\"", "a b|c d")]
    [InlineData("'te'\"st\" --na\\me", "test|--name")]
    [InlineData("a\\;b", "a;b")]
    [InlineData("'a\\b' \"a\\\"b\"", "a\\b|a\"b")]
    [InlineData("'open to the end", "open to the end")]
    [InlineData("a #b c", "a")]
    [InlineData("a#b", "a#b")]
    [InlineData("a ''", "a|")]
    [InlineData("a \\\n b", "a|b")]
    public void Arguments_are_unquoted(string text, string expected)
    {
        var tokens = new TextTokens(text);
        var arguments = new List<string>();
        for (var token = tokens.Read(); token.Kind == TokenKind.Argument; token = tokens.Read()) arguments.Add(token.Text);
        Assert.Equal(expected, string.Join('|', arguments));
    }

    [Theory]
    [InlineData("nosuch", "unknown command: 'nosuch'")]
    [InlineData("''", "unknown command: ''")]
    [InlineData("--echo x", "unknown command: '--echo'")]
    [InlineData("snapshot-list test", "unknown command: 'snapshot-list'")]
    [InlineData("checkpoint-list", "command 'checkpoint-list' requires <domain> option")]
    [InlineData("checkpoint-list --from x", "command 'checkpoint-list' requires <domain> option")]
    [InlineData("domrename", "command 'domrename' requires <domain> option|command 'domrename' requires <new-name> option")]
    [InlineData("checkpoint-list test --bogus", "command 'checkpoint-list' doesn't support option --bogus")]
    [InlineData("checkpoint-list test --na", "command 'checkpoint-list' doesn't support option --na")]
    [InlineData("checkpoint-list test a b", "unexpected data 'b'")]
    [InlineData("checkpoint-list test --from", "expected syntax: --from <string>")]
    [InlineData("checkpoint-list test --tree=1", "invalid '=' after option --tree")]
    [InlineData("checkpoint-list test --name --name", "option --name already seen")]
    [InlineData("checkpoint-list test --domain test", "option --domain already seen")]
    [InlineData("checkpoint-dumpxml test a -- --no-domain", "unexpected data '--no-domain'")]
    [InlineData("checkpoint-list \"test", "missing \"")]
    [InlineData("checkpoint-list test\\", "dangling \\")]
    [InlineData("checkpoint-info --help=1", "invalid '=' after option --help")]
    public void What_cannot_be_read_is_refused_in_virshs_words(string text, string expected)
    {
        var line = new CommandParser(new TextTokens(text), AllWords.Table).Next();
        Assert.Equal(expected, string.Join('|', line.Errors));
        Assert.Null(line.Command);
    }

    [Theory]
    [InlineData("checkpoint-list test A", "domain=test,from=A")]
    [InlineData("checkpoint-list --domain=test --from=A=B", "domain=test,from=A=B")]
    [InlineData("checkpoint-list --from A test", "from=A,domain=test")]
    [InlineData("checkpoint-list test -- --name", "domain=test,from=--name")]
    [InlineData("checkpoint-list test -n", "domain=test,from=-n")]
    [InlineData("checkpoint-list test ---x", "domain=test,from=---x")]
    [InlineData("checkpoint-create-as t a b vda vdb --print-xml --diskspec vdc", "domain=t,name=a,description=b,diskspec=vda,diskspec=vdb,print-xml=,diskspec=vdc")]
    [InlineData("checkpoint-create-as t --description d n", "domain=t,description=d,name=n")]
    [InlineData("undefine test vda", "domain=test,storage=vda")]
    [InlineData("checkpoint-list --help test", "command=checkpoint-list")]
    [InlineData("help --foo checkpoint-list more", "command=checkpoint-list")]
    public void Bare_words_fill_the_options_in_their_order(string text, string expected)
    {
        var line = new CommandParser(new TextTokens(text), AllWords.Table).Next();
        Assert.Empty(line.Errors);
        Assert.Equal(expected, string.Join(',', line.Command!.Given.Select(given => $"{given.Option.Name}={given.Value}")));
    }

    [Fact]
    public void Arguments_of_the_process_are_taken_as_they_are()
    {
        var line = new CommandParser(new ArgumentTokens(["checkpoint-list", "a;b", "#c"]), AllWords.Table).Next();
        Assert.Equal(["a;b", "#c"], line.Command!.Given.Select(given => given.Value));
        Assert.True(line.AtEnd);
    }
}
