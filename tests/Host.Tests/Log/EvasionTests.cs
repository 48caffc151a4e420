using EventCheckpoints.Projections;
using Xunit;

namespace EventCheckpoints.Host.Tests.Log;

/// <summary>What somebody would try who owns the database and has read how verification works.</summary>
public sealed class EvasionTests
{
    private const string Victim = "(select seq_id from eventcheckpoints.mt_events where data->>'name' = 'one-c3' and type = 'checkpoint_created')";

    [Theory]
    [InlineData("update eventcheckpoints.mt_events set version = 99, stream_id = (select stream_id from eventcheckpoints.mt_events where data->>'name' = 'two-c1' limit 1) where seq_id = V", "edited", "its stream and version is not what was recorded")]
    [InlineData("update eventcheckpoints.mt_events set causation_id = 'x' where seq_id = V", "edited", "its metadata (who, why, when it occurred, correlation) is not what was recorded")]
    [InlineData("update eventcheckpoints.mt_events set headers = null where seq_id = V", "edited", "its metadata (who, why, when it occurred, correlation) is not what was recorded")]
    [InlineData("update eventcheckpoints.mt_events set is_archived = true where seq_id = V", "edited", "it was marked as archived, which hides it from who reads its stream")]
    [InlineData("insert into eventcheckpoints.mt_streams (id, type, version, tenant_id) select id, type, version, 'elsewhere' from eventcheckpoints.mt_streams; update eventcheckpoints.mt_events set tenant_id = 'elsewhere' where seq_id = V", "missing", "no longer in the store")]
    [InlineData("update eventcheckpoints.mt_events set id = gen_random_uuid() where seq_id = V", "edited", "stands in the place of event")]
    [InlineData("update eventcheckpoints.mt_events set headers = headers || '{\"masked\": true}', timestamp = timestamp - interval '1 day' where seq_id = V", "edited", "its recorded time and metadata (who, why, when it occurred, correlation) is not what was recorded")]
    [InlineData("update eventcheckpoints.mt_events set headers = headers || '{\"masked\": true, \"actor\": \"nobody\"}' where seq_id = V", "edited", "its metadata (who, why, when it occurred, correlation) is not what was recorded")]
    [InlineData("update eventcheckpoints.mt_events set headers = headers || '{\"masked\": true}', type = 'checkpoint_deleted' where seq_id = V", "edited", "its type and metadata (who, why, when it occurred, correlation) is not what was recorded")]
    public async Task No_column_of_an_event_is_free_to_be_edited(string sql, string kind, string says)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var sequence = await store.AskAsync<long>($"select {Victim}");
        await store.TamperAsync(sql.Replace("V", Victim, StringComparison.Ordinal));
        var finding = Assert.Single((await store.VerifyAsync()).Findings);
        Assert.Equal((kind, Sequence.Text(sequence)), (finding.Kind, finding.Sequence));
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task A_sequence_before_the_first_hides_no_event(long sequence)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        await store.TamperAsync(
            $"""
            insert into eventcheckpoints.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, headers)
            select {sequence}, gen_random_uuid(), stream_id, 77, '{"{"}"name": "one-c5"{"}"}', 'checkpoint_deleted', timestamp, tenant_id, headers from eventcheckpoints.mt_events where seq_id = {Victim}
            """);
        Assert.Equal("added", Assert.Single((await store.VerifyAsync()).Findings).Kind);
    }

    [Fact]
    public async Task An_event_put_in_the_place_of_another_is_no_matter_of_order()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        await store.TamperAsync(
            $"""
            create temporary table other on commit drop as select * from eventcheckpoints.mt_events where seq_id = {Victim};
            delete from eventcheckpoints.mt_events where seq_id in (select seq_id from other);
            update other set id = gen_random_uuid(), data = data || '{"{"}"creationTime": 1{"}"}';
            insert into eventcheckpoints.mt_events select * from other
            """);
        var finding = Assert.Single((await store.VerifyAsync()).Findings);
        Assert.Equal("edited", finding.Kind);
        Assert.Contains("stands in the place of event", finding.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_deleted_with_its_entry_is_missed_between_its_neighbours()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        await store.SignAsync();
        var sequence = await store.AskAsync<long>($"select {Victim}");
        await store.TamperAsync($"delete from eventcheckpoints.log_entries where sequence = {sequence}; delete from eventcheckpoints.mt_events where seq_id = {sequence}");
        var finding = Assert.Single((await store.VerifyAsync()).Findings, finding => finding.Kind == "missing");
        Assert.EndsWith($" of the log is not in the export; it was between sequence {sequence - 1} and {sequence + 1}", finding.Says, StringComparison.Ordinal);
    }

    /// <summary>The host that publishes notices by itself, and signs no other log.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_does_not_go_on_from_what_was_published_is_signed_no_more(bool whole)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var early = await store.SignAsync();
        await store.FillAsync("three", "four");
        var late = await store.SignAsync();
        await store.TamperAsync(whole
            ? "truncate eventcheckpoints.log_entries, eventcheckpoints.log_hashes, eventcheckpoints.log_checkpoints; update eventcheckpoints.mt_events set timestamp = timestamp + interval '1 day'"
            : $"delete from eventcheckpoints.mt_events where seq_id > (select sequence from eventcheckpoints.log_entries where index = {early.Size - 1}); delete from eventcheckpoints.log_entries where index >= {early.Size}; delete from eventcheckpoints.log_checkpoints where size > {early.Size}");
        await store.FillAsync("five", "six");
        using var response = await store.Host.Client.PostAsync(new Uri("/v1/log/checkpoint", UriKind.Relative), null);
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains((await store.VerifyAsync()).Findings, finding => finding.Kind == "rewritten" && finding.Says.EndsWith($"do not go on from the {late.Size} that were published", StringComparison.Ordinal));
        Assert.True(await store.AskAsync<long>("select coalesce(max(size), 0) from eventcheckpoints.log_checkpoints") < late.Size);
    }

    [Fact]
    public async Task A_place_to_publish_that_is_away_holds_nothing_up_and_gets_what_it_missed()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        Directory.Delete(store.Published, recursive: true);
        var missed = await store.SignAsync();
        Assert.Empty((await store.VerifyAsync()).Findings);
        Assert.Contains("log-publish: signed checkpoints do not get to", await HealthAsync(), StringComparison.Ordinal);
        Directory.CreateDirectory(store.Published);
        await File.WriteAllTextAsync(Path.Combine(store.Published, "zzz.note"), "not one of them", TestContext.Current.CancellationToken);
        await store.SignAsync();
        Assert.True(File.Exists(Path.Combine(store.Published, Sequence.Text(missed.Size) + ".note")));
        Assert.Equal("ok\n", await HealthAsync());

        async Task<string> HealthAsync()
        {
            using var health = await store.Host.Client.GetAsync(new Uri("/healthz", UriKind.Relative));
            return await health.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task An_end_that_was_cut_off_with_all_that_was_signed_of_it_is_missed_by_who_kept_a_checkpoint()
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        var early = await store.SignAsync();
        await store.FillAsync("three", "four");
        var late = await store.SignAsync();
        await store.TamperAsync(
            $"""
            delete from eventcheckpoints.mt_events where seq_id > (select sequence from eventcheckpoints.log_entries where index = {early.Size - 1});
            delete from eventcheckpoints.log_entries where index >= {early.Size};
            delete from eventcheckpoints.log_checkpoints where size > {early.Size}
            """);
        Assert.Contains(
            (await store.VerifyAsync(late)).Findings,
            finding => finding.Kind == "rewritten" && finding.Says.StartsWith($"the checkpoint that was kept is of {late.Size} entries", StringComparison.Ordinal));
    }

    /// <summary>What this reader would pass over, another may read.</summary>
    [Theory]
    [InlineData("{\"sequence\":", "{\"note\":\"approved by ann\",\"sequence\":")]
    [InlineData("{\"sequence\":", "{\"actor\":\"ann\",\"sequence\":")]
    [InlineData("{\"field\":\"parent\"", "{\"field\":\"owner\",\"field\":\"parent\"")]
    [InlineData("{\"complete\":", "{\"note\":\"all of it\",\"complete\":")]
    [InlineData("{\"complete\":{", "{\"complete\":{\"note\":\"all of it\",")]
    public async Task Nothing_can_be_added_to_a_line_of_an_export(string from, string to)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        Assert.Contains((await store.VerifyEditedAsync(from, to)).Findings, finding => finding.Kind == "edited" && finding.Says.EndsWith(" is no record of an export", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"field\":\"creationTime\",\"before\":null,\"after\":", "\"field\":\"creationTime\",\"before\":null,\"after\":1")]
    [InlineData("\"field\":\"parent\",\"before\":null,\"after\":\"one-c2\"", "\"field\":\"parent\",\"before\":null,\"after\":\"one-c1\"")]
    [InlineData("\"bitmap\":\"one-c3\"", "\"bitmap\":\"one-c4\"")]
    [InlineData("\"rule\":\"checkpoint-not-found\"", "\"rule\":\"held\"")]
    [InlineData("matching name 'none'", "matching name 'nine'")]
    [InlineData("\"request\":\"DELETE /v1/domains/one/checkpoints/none\"", "\"request\":\"DELETE /v1/domains/one/checkpoints/nine\"")]
    public async Task What_an_export_says_of_a_record_has_to_be_what_its_payload_says(string from, string to)
    {
        await using var store = await LoggedStore.StartAsync();
        await store.FillAsync();
        Assert.Equal("edited", Assert.Single((await store.VerifyEditedAsync(from, to)).Findings).Kind);
    }
}
