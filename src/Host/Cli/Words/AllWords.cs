using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>The words there are, in the order of the help.</summary>
public static class AllWords
{
    public static WordTable Table { get; } = new(
    [
        CheckpointCreate.Word,
        CheckpointCreateAs.Word,
        CheckpointDelete.Word,
        CheckpointDumpXml.Word,
        CheckpointEdit.Word,
        CheckpointInfo.Word,
        CheckpointList.Word,
        CheckpointOwner.Word,
        CheckpointParent.Word,
        RedefineList.Word,
        Import.Word,
        Define.Word,
        Diff.Word,
        DomRename.Word,
        DumpXml.Word,
        ListDomains.Word,
        Undefine.Word,
        SyncWord.Word,
        DriftWord.Word,
        Restore.Word,
        Prune.Word,
        SourceWords.List,
        SourceWords.Sync,
        HistoryWord.Word,
        AuditWord.Word,
        AuditVerify.Word,
        HoldPlace.Word,
        HoldRelease.Word,
        HoldList.Word,
        Watch.Word,
        WebhookCreate.Word,
        WebhookList.Word,
        WebhookWords.Pause,
        WebhookWords.Resume,
        WebhookWords.Rotate,
        WebhookWords.Test,
        WebhookWords.Replay,
        WebhookWords.Delete,
        WebhookDeliveriesWord.Deliveries,
        WebhookDeliveriesWord.DeadLetters,
        Echo.Word,
        HelpWord.Word,
    ]);
}
