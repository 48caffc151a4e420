using EventCheckpoints.Domain;
using EventCheckpoints.Host;
using Marten;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>What is stored is a contract: the names and JSON of events against committed text, and the migrations against Marten.</summary>
public sealed class ContractTests
{
    [Fact]
    public async Task The_migrations_make_what_Marten_expects()
    {
        await using var store = await TestStore.CreateAsync();
        await store.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }

    [Fact]
    public async Task A_database_that_differs_is_found_out()
    {
        await using var store = await TestStore.CreateAsync();
        await using (var change = store.Owner.CreateCommand($"alter table {Schema.Name}.mt_events drop column headers")) await change.ExecuteNonQueryAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => store.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync());
    }

    [Fact]
    public async Task Events_are_stored_as_the_committed_text_says()
    {
        await using var store = await TestStore.CreateAsync();
        var hash = DefinitionHash.Trusted(new string('0', 64));
        CheckpointDisk[] disks = [new("vda", DiskMode.Bitmap, "a"), new("vdb", DiskMode.No, null)];
        var domain = new DomainId(Guid.Parse("c7a5fdbd-edaf-9455-926a-d65c16db1809"));
        object[] all =
        [
            new DomainRegistered(DomainName.Trusted("one")),
            new DefinitionRecorded(hash, "<domain/>"),
            new DomainDefined(hash),
            new DomainRenamed(DomainName.Trusted("two")),
            new CheckpointCreated(MomentName.Trusted("a"), "what it is <for> é", null, new CreationTime(1551128777), disks, hash),
            new CheckpointRedefined(MomentName.Trusted("b"), null, MomentName.Trusted("a"), new CreationTime(0), [], null),
            new CheckpointReparented(MomentName.Trusted("b"), null),
            new CheckpointDeleted(MomentName.Trusted("b")),
            new CurrentCheckpointChanged(MomentName.Trusted("a")),
            new CurrentCheckpointChanged(null),
            new CheckpointDeleted(MomentName.Trusted("a")),
            new HoldPlaced(HoldId.Trusted("case-17"), MomentName.Trusted("b")),
            new HoldPlaced(HoldId.Trusted("all"), null),
            new HoldReleased(HoldId.Trusted("case-17"), MomentName.Trusted("b")),
            new HoldReleased(HoldId.Trusted("all"), null),
            new DomainUndefined(),
            new DomainHostChanged(HostName.Trusted("kvm7:qemu/system")),
            new DomainHostChanged(null),
            new DomainDisksSeen([new HostDisk("vda", "/disks/a.qcow2", null, 1073741824), new HostDisk("vdb", null, "WD-1", null)]),
            new CheckpointLost(MomentName.Trusted("a"), "what was seen"),
            new CheckpointFound(MomentName.Trusted("a"), "what was seen"),
            new CheckpointDiskInvalidated(MomentName.Trusted("a"), "vda", DiskFault.Resized, "what was seen", new HostDisk("vda", "/disks/a.qcow2", null, 1073741824)),
            new CheckpointDiskInvalidated(MomentName.Trusted("a"), "vda", DiskFault.BitmapMissing, "what was seen", null),
            new CheckpointDiskValidated(MomentName.Trusted("a"), "vda", DiskFault.BitmapMissing, "what was seen"),
            new CheckpointOwnerChanged(MomentName.Trusted("a"), null, Owner.Trusted("virtnbdbackup")),
            new CheckpointOwnerChanged(MomentName.Trusted("a"), Owner.Trusted("virtnbdbackup"), null),
            new HostStarted("node1"),
            new CommandRefused("DELETE /v1/domains/one/checkpoints/x", domain, "x", "checkpoint-not-found", "Domain checkpoint not found: …"),
            new AccessDenied("GET /v1/domains", null, null, "unauthenticated", "authentication failed: …", 3),
            new AuditRead("GET /v1/audit", null),
            new AuditExported("GET /v1/audit?domain=one", domain, 41),
            new HostStopped(0),
            new WebhookChanged("POST /v1/webhooks", domain.Value, "created", "https://example.org/hook"),
        ];
        Assert.Equal(Store.EventNames.Keys.ToHashSet(), all.Select(e => e.GetType()).ToHashSet());
        await using (var session = store.Store.LightweightSession(Schema.Tenant))
        {
            session.SetHeader("actor", "tester");
            session.Events.Append(Guid.NewGuid(), all.Length, all);
            await session.SaveChangesAsync();
        }

        await using var command = store.Database.CreateCommand($"select type || ' ' || data::text from {Schema.Name}.mt_events order by seq_id");
        var stored = new List<string>();
        await using (var row = await command.ExecuteReaderAsync())
            while (await row.ReadAsync()) stored.Add(row.GetString(0));
        var committed = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "events.txt"));
        Assert.Equal(committed, stored);

        await using var again = store.Store.QuerySession(Schema.Tenant);
        var read = await again.Events.QueryAllRawEvents().OrderBy(e => e.Sequence).ToListAsync();
        Assert.Equal(all.Select(Text), read.Select(e => Text(e.Data)));
    }

    private static string Text(object e) => System.Text.Json.JsonSerializer.Serialize(e, Store.EventJson);
}
