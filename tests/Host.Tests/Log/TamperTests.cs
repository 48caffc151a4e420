using EventCheckpoints.Domain.Log;
using EventCheckpoints.Host.Cli.Verify;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Projections;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Log;

/// <summary>Whatever the owner of the database does to what is recorded, verification says what and where.</summary>
public sealed class TamperTests
{
    private const string Victim = "(select seq_id from eventcheckpoints.mt_events where data->>'name' = 'one-c3' and type = 'checkpoint_created')";
    private const string Other = "(select seq_id from eventcheckpoints.mt_events where data->>'name' = 'two-c1' and type = 'checkpoint_created')";

    [Fact]
    public async Task A_store_that_nobody_touched_verifies()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var earlier = await store.SignAsync();
        await store.FillAsync("three", "four");
        var verdict = await store.VerifyAsync(earlier);
        Assert.Empty(verdict.Findings);
        Assert.Equal((verdict.Records, store.Key.Public.Name, earlier.Size), (verdict.TreeSize, verdict.SignedBy, verdict.EarlierSize));
        Assert.Equal(await store.AskAsync<long>("select count(*) from eventcheckpoints.mt_events") - 1, verdict.Records);
    }

    [Fact]
    public async Task What_came_since_a_checkpoint_is_verified_from_there()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var earlier = await store.SignAsync();
        await store.FillAsync("three", "four");
        var export = await store.ExportAsync($"?since={earlier.Size}");
        var verdict = await store.VerifyAsync(export, earlier);
        Assert.Empty(verdict.Findings);
        Assert.Equal(verdict.TreeSize - earlier.Size, verdict.Records);
        Assert.Equal("incomplete", Assert.Single((await store.VerifyAsync(export)).Findings).Kind);
        var other = earlier with { Root = TreeHash.Empty };
        Assert.Equal("rewritten", Assert.Single((await store.VerifyAsync(export, other)).Findings).Kind);
        await store.TamperAsync($"delete from eventcheckpoints.mt_events where seq_id = {Victim.Replace("one-c3", "three-c3", StringComparison.Ordinal)}");
        Assert.Equal("missing", Assert.Single((await store.VerifyAsync(await store.ExportAsync($"?since={earlier.Size}"), earlier)).Findings).Kind);
        foreach (var bad in (string[])["since=0", "since=9999", "since=1&actor=local"])
            Assert.Equal(400, (int)(await store.Host.SendAsync(HttpMethod.Get, "/v1/audit?" + bad, null, ("Accept", "application/jsonl"))).Status);
    }

    [Theory]
    [InlineData("update eventcheckpoints.mt_events set data = replace(data::text, 'one-c3', 'one-cX')::jsonb where seq_id = V", "payload")]
    [InlineData("update eventcheckpoints.mt_events set data = jsonb_set(data, '{creationTime}', ((data->>'creationTime')::bigint + 1)::text::jsonb) where seq_id = V", "payload")]
    [InlineData("update eventcheckpoints.mt_events set data = '{}' where seq_id = V", "payload")]
    [InlineData("update eventcheckpoints.mt_events set headers = jsonb_set(headers, '{actor}', '\"nobody\"') where seq_id = V", "metadata (who, why, when it occurred, correlation)")]
    [InlineData("update eventcheckpoints.mt_events set headers = headers || '{\"reason\": \"nightlz\"}' where seq_id = V", "metadata (who, why, when it occurred, correlation)")]
    [InlineData("update eventcheckpoints.mt_events set headers = headers - 'reason' where seq_id = V", "metadata (who, why, when it occurred, correlation)")]
    [InlineData("update eventcheckpoints.mt_events set correlation_id = 'x' where seq_id = V", "metadata (who, why, when it occurred, correlation)")]
    [InlineData("update eventcheckpoints.mt_events set timestamp = timestamp + interval '1 microsecond' where seq_id = V", "recorded time")]
    [InlineData("update eventcheckpoints.mt_events set type = 'checkpoint_redefined' where seq_id = V", "type")]
    [InlineData("update eventcheckpoints.mt_events set type = 'nothing' where seq_id = V", "type")]
    [InlineData("update eventcheckpoints.mt_events set version = 99 where seq_id = V", "version")]
    public async Task An_edited_event_is_named_with_what_was_edited(string sql, string part)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var sequence = await store.AskAsync<long>($"select {Victim}");
        await store.TamperAsync(sql.Replace("V", Victim, StringComparison.Ordinal));
        var finding = Assert.Single((await store.VerifyAsync()).Findings);
        Assert.Equal(("edited", Sequence.Text(sequence), $"its {part} is not what was recorded"), (finding.Kind, finding.Sequence, finding.Says));
        Assert.Equal(await store.AskAsync<Guid>("select domain_id from eventcheckpoints.domains where name = 'one'"), Guid.Parse(finding.Domain!));
    }

    [Theory]
    [InlineData("delete from eventcheckpoints.mt_events where seq_id = V")]
    [InlineData("update eventcheckpoints.mt_events set type = 'tombstone' where seq_id = V")]
    public async Task A_missing_event_is_named(string sql)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var sequence = await store.AskAsync<long>($"select {Victim}");
        await store.TamperAsync(sql.Replace("V", Victim, StringComparison.Ordinal));
        var finding = Assert.Single((await store.VerifyAsync()).Findings);
        Assert.Equal(("missing", Sequence.Text(sequence)), (finding.Kind, finding.Sequence));
        Assert.Equal(await store.AskAsync<Guid>("select domain_id from eventcheckpoints.domains where name = 'one'"), Guid.Parse(finding.Domain!));
    }

    [Fact]
    public async Task The_first_and_the_last_event_are_missed_too()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        await store.TamperAsync("delete from eventcheckpoints.mt_events where seq_id in (select min(seq_id) from eventcheckpoints.mt_events union select max(seq_id) from eventcheckpoints.mt_events)");
        Assert.Equal(["missing", "missing"], (await store.VerifyAsync()).Findings.Select(finding => finding.Kind));
    }

    [Fact]
    public async Task Two_events_that_were_swapped_are_both_named()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var (one, other) = (await store.AskAsync<long>($"select {Victim}"), await store.AskAsync<long>($"select {Other}"));
        await store.TamperAsync($"update eventcheckpoints.mt_events set seq_id = case seq_id when {one} then -1 else -2 end where seq_id in ({one}, {other}); update eventcheckpoints.mt_events set seq_id = case seq_id when -1 then {other} else {one} end where seq_id < 0");
        var findings = (await store.VerifyAsync()).Findings;
        Assert.Equal([("reordered", Sequence.Text(one)), ("reordered", Sequence.Text(other))], findings.Select(finding => (finding.Kind, finding.Sequence!)));
    }

    [Fact]
    public async Task An_event_that_was_slipped_in_is_named()
    {
        await using var store = await LoggedStore.StartAsync();
        // A number that no event has, as a failed append leaves it.
        var free = await store.AskAsync<long>("select nextval('eventcheckpoints.mt_events_sequence')");
        await store.FillAsync();
        await store.SignAsync();
        await store.TamperAsync(
            $"""
            insert into eventcheckpoints.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, headers)
            select {free}, gen_random_uuid(), stream_id, 77, '{"{"}"name": "one-c0"{"}"}', 'checkpoint_deleted', timestamp, tenant_id, headers from eventcheckpoints.mt_events where seq_id = {Victim}
            """);
        var finding = Assert.Single((await store.VerifyAsync()).Findings);
        Assert.Equal(("added", Sequence.Text(free)), (finding.Kind, finding.Sequence));
    }

    [Fact]
    public async Task An_event_rewritten_with_its_entry_is_named_and_the_log_signs_no_more()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var signed = await store.SignAsync();
        await store.TamperAsync($"update eventcheckpoints.log_entries set entry = replace(entry, '\"actor\":\"local\"', '\"actor\":\"loca1\"') where sequence = {Victim}");
        Assert.Contains((await store.VerifyAsync()).Findings, finding => finding.Kind == "rewritten" && finding.Says.Contains("not the one that was hashed", StringComparison.Ordinal));
        // And its hash too: the entries no longer give what was signed.
        await store.TamperAsync($"update eventcheckpoints.log_entries set hash = sha256('\\x00'::bytea || convert_to(entry, 'UTF8')) where sequence = {Victim}");
        var verdict = await store.VerifyAsync(signed);
        Assert.Contains(verdict.Findings, finding => finding.Says.Contains($"the log's first {signed.Size} entries are not those that were signed", StringComparison.Ordinal));
        Assert.Contains(verdict.Findings, finding => finding.Says.Contains("the log was rewritten", StringComparison.Ordinal));
        Assert.Equal(signed.Size, await store.AskAsync<long>("select max(size) from eventcheckpoints.log_checkpoints"));
        using var response = await store.Host.Client.PostAsync(new Uri("/v1/log/checkpoint", UriKind.Relative), null);
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_log_rewritten_as_a_whole_and_signed_again_is_caught_by_a_checkpoint_that_was_kept()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var kept = await store.SignAsync();
        await store.FillAsync("three", "four");
        // Every signed checkpoint stands outside of the database; whoever can write there takes those along.
        var file = SignedNote.Parse(await File.ReadAllTextAsync(Path.Combine(store.Published, Sequence.Text(kept.Size) + ".note")))!;
        Assert.Equal(kept, LogCheckpoint.Parse(file.Text));
        foreach (var published in Directory.GetFiles(store.Published)) File.Delete(published);
        await store.TamperAsync(
            $"""
            update eventcheckpoints.mt_events set headers = jsonb_set(headers, '{"{"}actor{"}"}', '"nobody"') where seq_id = {Victim};
            truncate eventcheckpoints.log_entries, eventcheckpoints.log_hashes, eventcheckpoints.log_checkpoints
            """);
        // With the key in hand the whole log is made again, and by itself there is nothing wrong with it.
        Assert.Empty((await store.VerifyAsync()).Findings);
        var finding = Assert.Single((await store.VerifyAsync(kept)).Findings);
        Assert.Equal(("rewritten", $"the first {kept.Size} entries are not those of the checkpoint that was kept: the log was rewritten"), (finding.Kind, finding.Says));
    }

    [Fact]
    public async Task A_checkpoint_signed_by_another_key_is_no_signature()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var export = await store.ExportAsync();
        await using var directory = new TemporaryDirectory();
        using var other = LogKey.Open(Path.Combine(directory.Path, "other.key"));
        var verdict = await new ExportVerifier(other.Public, null).VerifyAsync(new StringReader(export));
        Assert.Equal("signature", Assert.Single(verdict.Findings).Kind);
        Assert.Null(verdict.SignedBy);
    }

    [Fact]
    public async Task An_event_that_was_masked_by_law_is_reported_as_that()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        await store.TamperAsync($"update eventcheckpoints.mt_events set data = data || '{"{"}\"description\": \"erased\"{"}"}', headers = headers || '{"{"}\"masked\": true{"}"}' where seq_id = {Victim}");
        var finding = Assert.Single((await store.VerifyAsync()).Findings);
        Assert.Equal(("masked", "its payload was masked since; what else the entry says of it holds"), (finding.Kind, finding.Says));
    }

    [Theory]
    [InlineData("\"actor\":\"local\"", "\"actor\":\"loca1\"", "edited")]
    [InlineData("nightly", "nightlz", "edited")]
    [InlineData("one-c3", "one-c9", "edited")]
    [InlineData("\"outcome\":\"refused\"", "\"outcome\":\"success\"", "edited")]
    [InlineData("\"source\":\"api\"", "\"source\":\"cli\"", "edited")]
    [InlineData("\"count\":", "\"count\":1", "incomplete")]
    [InlineData("{\"complete\"", "{\"completed\"", "edited incomplete")]
    public async Task An_export_that_was_edited_is_caught_without_the_store(string from, string to, string kinds)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var found = (await store.VerifyEditedAsync(from, to)).Findings.Select(finding => finding.Kind).Distinct().ToArray();
        Assert.Equal(kinds.Split(' '), found);
    }

    [Fact]
    public async Task Lines_that_were_taken_out_swapped_doubled_or_cut_off_are_caught()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var lines = (await store.ExportAsync()).TrimEnd('\n').Split('\n');
        async Task<string> Kinds(IEnumerable<string> some) => string.Join(' ', (await store.VerifyAsync(string.Join('\n', some) + "\n")).Findings.Select(finding => finding.Kind).Distinct());
        Assert.Equal("", await Kinds(lines));
        for (var at = 0; at < lines.Length - 1; at++)
        {
            Assert.Equal("incomplete missing", await Kinds([.. lines[..at], .. lines[(at + 1)..]]));
            Assert.Equal("incomplete missing", await Kinds([.. lines[..at], lines[at], .. lines[at..]]));
            if (at > 0) Assert.Contains("missing", await Kinds([.. lines[..(at - 1)], lines[at], lines[at - 1], .. lines[(at + 1)..]]), StringComparison.Ordinal);
        }

        Assert.Equal("incomplete", await Kinds(lines[..^1]));
        Assert.Equal("incomplete", await Kinds([.. lines, lines[0]]));
        Assert.Equal("edited", await Kinds(["nonsense", .. lines]));
        Assert.Contains("incomplete", (await store.VerifyAsync(await store.ExportAsync("?type=checkpoint_*"))).Findings.Select(finding => finding.Kind));
    }
}
