using System.Text.Json;
using EventCheckpoints.Domain;
using EventCheckpoints.Projections;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Marten;
using Npgsql;
using Weasel.Core;

namespace EventCheckpoints.Host;

/// <summary>Every option of Marten that we set, and every event's stored name.</summary>
public static class Store
{
    public static DocumentStore Open(NpgsqlDataSource database) => DocumentStore.For(options => Configure(options, database));

    public static void Configure(StoreOptions options, NpgsqlDataSource database)
    {
        options.Connection(database);
        options.DatabaseSchemaName = Schema.Name;
        // The schema comes from migrations/ alone.
        options.AutoCreateSchemaObjects = AutoCreate.None;
        // AsInteger only keeps Marten from adding an enum converter of its own: ours (NameJson) writes libvirt's words.
        options.UseSystemTextJsonForSerialization(EventJson, EnumStorage.AsInteger, Casing.CamelCase);
        options.Policies.AllDocumentsAreMultiTenanted();

        var events = options.Events;
        events.DatabaseSchemaName = Schema.Name;
        events.StreamIdentity = StreamIdentity.AsGuid;
        events.TenancyStyle = TenancyStyle.Conjoined;
        // Recorded time is the database's own (the other quick mode takes the application's clock); about twice as fast as Rich on a large batch, and versions are known since every append expects one.
        events.AppendMode = EventAppendMode.Quick;
        events.MetadataConfig.HeadersEnabled = true;
        events.MetadataConfig.CorrelationIdEnabled = true;
        events.MetadataConfig.CausationIdEnabled = true;
        // Ours (migration 0007), and no concern of Marten's.
        events.IgnoreIndex("mt_events_about");
        foreach (var (type, name) in EventNames) events.MapEventType(type, name);

        options.Projections.Add(new StateProjection(replay: false), ProjectionLifecycle.Inline, "states");
    }

    /// <summary>The stored name of each event and audit record: never changed, only added to.</summary>
    public static IReadOnlyDictionary<Type, string> EventNames { get; } = new Dictionary<Type, string>
    {
        [typeof(DomainRegistered)] = "domain_registered",
        [typeof(DefinitionRecorded)] = "definition_recorded",
        [typeof(DomainDefined)] = "domain_defined",
        [typeof(DomainRenamed)] = "domain_renamed",
        [typeof(CheckpointCreated)] = "checkpoint_created",
        [typeof(CheckpointRedefined)] = "checkpoint_redefined",
        [typeof(CheckpointReparented)] = "checkpoint_reparented",
        [typeof(CheckpointDeleted)] = "checkpoint_deleted",
        [typeof(CurrentCheckpointChanged)] = "current_checkpoint_changed",
        [typeof(HoldPlaced)] = "hold_placed",
        [typeof(HoldReleased)] = "hold_released",
        [typeof(DomainUndefined)] = "domain_undefined",
        [typeof(DomainHostChanged)] = "domain_host_changed",
        [typeof(DomainDisksSeen)] = "domain_disks_seen",
        [typeof(CheckpointLost)] = "checkpoint_lost",
        [typeof(CheckpointFound)] = "checkpoint_found",
        [typeof(CheckpointDiskInvalidated)] = "checkpoint_disk_invalidated",
        [typeof(CheckpointDiskValidated)] = "checkpoint_disk_validated",
        [typeof(CheckpointOwnerChanged)] = "checkpoint_owner_changed",
        [typeof(HostStarted)] = "host_started",
        [typeof(HostStopped)] = "host_stopped",
        [typeof(CommandRefused)] = "command_refused",
        [typeof(AccessDenied)] = "access_denied",
        [typeof(AuditRead)] = "audit_read",
        [typeof(AuditExported)] = "audit_exported",
        [typeof(WebhookChanged)] = "webhook_changed",
    };

    /// <summary>How events are stored: camelCase, names as strings, absent values left out.</summary>
    public static JsonSerializerOptions EventJson { get; } = new(Wire.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)))
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
