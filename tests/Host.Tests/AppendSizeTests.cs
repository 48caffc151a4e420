using EventCheckpoints.Domain;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>What PostgreSQL would end the connection for is refused before.</summary>
public sealed class AppendSizeTests
{
    private const long Most = 3L << 20;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Texts_that_are_too_much_together_are_refused(int mebibytes, bool taken)
    {
        DomainEvent[] events = [.. Enumerable.Range(0, mebibytes).Select(i => new DefinitionRecorded(DefinitionHash.Trusted($"{i:x64}"), new string('d', 1 << 20)))];
        var refusal = AppendSize.Check(events, Most);
        Assert.Equal(taken, refusal is null);
        if (refusal is not null) Assert.Equal((Rule.XmlTooLarge, "this adds about 3 MiB at once, and 3 MiB can be added: give it in parts, each merged with what is there"), (refusal.Rule, refusal.Text));
    }

    [Fact]
    public void Bytes_count_and_not_characters_and_events_without_long_texts_too()
    {
        Assert.NotNull(AppendSize.Check([new DefinitionRecorded(DefinitionHash.Trusted(new string('0', 64)), new string('é', 2 << 20))], Most));
        Assert.Null(AppendSize.Check([.. Enumerable.Repeat<DomainEvent>(new CurrentCheckpointChanged(null), 3_000)], Most));
        Assert.NotNull(AppendSize.Check([.. Enumerable.Repeat<DomainEvent>(new CurrentCheckpointChanged(null), 4_000)], Most));
    }
}
