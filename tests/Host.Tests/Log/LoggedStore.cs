using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Cli.Verify;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Tests;
using Npgsql;

namespace EventCheckpoints.Host.Tests.Log;

/// <summary>A server whose log is signed, with a few domains' events in it, and whoever owns the database behind its back.</summary>
internal sealed class LoggedStore : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly NpgsqlDataSource _owner;

    private LoggedStore(TemporaryDirectory directory, LogKey key, TestHost host)
    {
        (_directory, Key, Host) = (directory, key, host);
        _owner = NpgsqlDataSource.Create(host.ConnectionString);
    }

    public TestHost Host { get; }

    public LogKey Key { get; }

    public string Published => Path.Combine(_directory.Path, "published");

    public static async Task<LoggedStore> StartAsync()
    {
        var directory = new TemporaryDirectory();
        var key = LogKey.Open(Path.Combine(directory.Path, "log.key"));
        Directory.CreateDirectory(Path.Combine(directory.Path, "published"));
        // Signed when asked: a test says itself when.
        var settings = new LogSettings(key, TimeSpan.FromHours(1), Path.Combine(directory.Path, "published"));
        return new LoggedStore(directory, key, await TestHost.StartAsync(settings));
    }

    /// <summary>Two domains, a chain of five in each, a delete, and a refusal.</summary>
    public async Task FillAsync(string first = "one", string second = "two")
    {
        foreach (var name in (string[])[first, second])
        {
            await Host.DefineAsync(name);
            for (var i = 1; i <= 5; i++)
                await Host.SendAsync(HttpMethod.Post, $"/v1/domains/{name}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}-c{i}</name></domaincheckpoint>"), ("X-Audit-Reason", "nightly"));
        }

        await Host.SendAsync(HttpMethod.Delete, $"/v1/domains/{first}/checkpoints/{first}-c2");
        await Host.SendAsync(HttpMethod.Delete, $"/v1/domains/{first}/checkpoints/none");
    }

    public async Task<LogCheckpoint> SignAsync()
    {
        using var response = await Host.Client.PostAsync(new Uri("/v1/log/checkpoint", UriKind.Relative), null);
        return LogCheckpoint.Parse(SignedNote.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!.Text)!;
    }

    public async Task<string> ExportAsync(string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/audit" + query) { Headers = { { "Accept", "application/jsonl" } } };
        using var response = await Host.Client.SendAsync(request);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    public async Task<Verdict> VerifyAsync(LogCheckpoint? earlier = null) => await VerifyAsync(await ExportAsync(), earlier);

    public Task<Verdict> VerifyAsync(string export, LogCheckpoint? earlier = null) => new ExportVerifier(Key.Public, earlier).VerifyAsync(new StringReader(export));

    /// <summary>The export with one text in it, its first occurrence, made another; as it was, it is sound.</summary>
    public async Task<Verdict> VerifyEditedAsync(string from, string to)
    {
        var export = await ExportAsync();
        var at = export.IndexOf(from, StringComparison.Ordinal);
        if (at < 0) throw new InvalidOperationException($"the export has no {from}");
        if ((await VerifyAsync(export)).Findings is not []) throw new InvalidOperationException("the export is at fault already");
        return await VerifyAsync(export[..at] + to + export[(at + from.Length)..]);
    }

    /// <summary>As the owner, with every trigger that would stop it taken away first.</summary>
    public async Task TamperAsync(string sql)
    {
        string[] tables = ["mt_events", "log_entries", "log_hashes", "log_checkpoints"];
        await SqlAsync(string.Concat(tables.Select(table => $"alter table eventcheckpoints.{table} disable trigger append_only;")) + sql + ";"
            + string.Concat(tables.Select(table => $"alter table eventcheckpoints.{table} enable always trigger append_only;")));
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task SqlAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _owner.DisposeAsync();
        Key.Dispose();
        await _directory.DisposeAsync();
    }
}
