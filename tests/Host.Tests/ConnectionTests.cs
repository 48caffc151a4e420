using EventCheckpoints.Tests;
using Npgsql;
using Xunit;

namespace EventCheckpoints.Host.Tests;

/// <summary>What every connection of the application has in common, the first time and when it is used again.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData("timezone", "UTC")]
    [InlineData("max_parallel_workers_per_gather", "0")]
    [InlineData("jit", "off")]
    public async Task A_setting_is_there_on_each_use(string setting, string value)
    {
        await using var postgres = await TestPostgres.CreateMigratedDatabaseAsync();
        await using var database = Wiring.DataSource(postgres.HostConnectionString);
        await using (var beside = await database.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(value, await ShowAsync(beside, setting));
            for (var use = 0; use < 3; use++)
            {
                await using var again = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
                Assert.Equal(value, await ShowAsync(again, setting));
            }
        }

        using var waits = database.OpenConnection();
        Assert.Equal(value, await ShowAsync(waits, setting));
    }

    private static async Task<string?> ShowAsync(NpgsqlConnection connection, string setting)
    {
        await using var show = new NpgsqlCommand($"show {setting}", connection);
        return (string?)await show.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
