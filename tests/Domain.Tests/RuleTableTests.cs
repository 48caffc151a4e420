using System.Text.RegularExpressions;
using Xunit;

namespace EventCheckpoints.Domain.Tests;

public sealed class RuleTableTests
{
    [Fact]
    public void Every_rule_has_a_row_with_a_name_of_its_own_and_a_4xx_or_503()
    {
        var rows = Enum.GetValues<Rule>().Select(RuleTable.Of).ToArray();
        Assert.Equal(rows.Length, rows.Select(row => row.Name).Distinct().Count());
        Assert.All(rows, row =>
        {
            Assert.Matches(new Regex(@"\A[a-z]+(-[a-z]+)*\z"), row.Name);
            Assert.True(row.Status is (>= 400 and < 500) or 503, $"{row.Name}: {row.Status}");
            Assert.Matches(new Regex(@"\A(|[A-Za-z ]+: )\z"), row.Prefix);
        });
    }
}
