using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EventCheckpoints.Domain;
using EventCheckpoints.Domain.Commands;
using EventCheckpoints.Host;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>What an exported record says of changes follows from its payload, and nothing else that it could say does.</summary>
public sealed class DerivationTests
{
    private static readonly Dictionary<string, Type> Types = Store.EventNames.ToDictionary(name => name.Value, name => name.Key);

    [Fact]
    public async Task Every_record_of_any_history_follows_from_its_payload_and_none_with_another_value()
    {
        await using var store = await TestStore.CreateAsync();
        var seen = new ConcurrentDictionary<string, bool>();
        await RandomCommands.Of(most: 40).SampleAsync(
            async commands =>
            {
                var domain = await store.DefineAsync($"d{Guid.NewGuid():N}");
                foreach (var command in commands) await store.SubmitAsync(domain, command(domain));
                await store.SubmitAsync(domain, new Rename(DomainName.Trusted($"r{Guid.NewGuid():N}"), null));
                foreach (var hold in (await store.FoldAsync(domain)).Holds.Keys) await store.SubmitAsync(domain, new ReleaseHold(hold));
                await store.SubmitAsync(domain, new Undefine(true));
                var audit = new Audit(new EventRows(store.Database, Store.EventNames), new SafeSequence(store.Database));
                var export = (await audit.Handle(new ExportAudit(new AuditFilter(Domain: domain)), CancellationToken.None)).Value;
                await foreach (var sent in export.Records)
                {
                    // As it comes out of a line of an export.
                    var record = JsonSerializer.Deserialize<HistoryRecord>(JsonSerializer.Serialize(sent, Wire.Options), Wire.Options)!;
                    seen[record.Type] = true;
                    Assert.Null(Derivation.Contradiction(record, Types[record.Type], record.Evidence!.Payload));
                    for (var at = 0; at < record.Changes.Count; at++)
                    {
                        var changes = record.Changes.ToArray();
                        changes[at] = changes[at] with { After = JsonValue.Create("another") };
                        Assert.Equal("what changed", Derivation.Contradiction(record with { Changes = changes }, Types[record.Type], record.Evidence.Payload));
                    }

                    Assert.Equal("what was asked and answered", Derivation.Contradiction(record with { Asked = new Asked("GET /", null, null) }, Types[record.Type], record.Evidence.Payload));
                }
            },
            iter: 30,
            threads: 2);
        Assert.Equal(Store.EventNames.Where(name => name.Key.IsAssignableTo(typeof(DomainEvent))).Select(name => name.Value).Order(), seen.Keys.Order());
    }
}
