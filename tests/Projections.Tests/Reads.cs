using System.Text;
using System.Text.Json;
using EventCheckpoints.Domain;
using Xunit;

namespace EventCheckpoints.Projections.Tests;

/// <summary>Every read that there is of a domain, as one text.</summary>
internal static class Reads
{
    public static async Task<string> OfAsync(TestStore store, DomainId domain, AsOf? at)
    {
        var none = CancellationToken.None;
        var found = at is null
            ? await new Domains(store.Database).Handle(new FindDomain(domain.ToString()), none)
            : await new DomainThen(new PastVersions(store.Database), store.Forests).Handle(new FindDomainThen(domain.ToString(), at), none);
        var text = new StringBuilder();
        if (found.Refusal is not null) return "not registered";
        var summary = found.Value;
        long? version = at is null ? null : summary.Version;
        Write(summary);
        Write(await new Current(store.Forests).Handle(new GetCurrent(domain, version), none));
        var list = new Checkpoints(store.Forests);
        var names = new List<MomentName>();
        foreach (var filter in (CheckpointFilter[])[new(Topological: true), new(), new(Roots: true), new(Leaves: true), new(NoLeaves: true, Topological: true)])
        {
            string? cursor = null;
            do
            {
                var page = (await list.Handle(new ListCheckpoints(domain, filter, new Paging(5, cursor), version), none)).Value;
                Write(page.Page.Items);
                if (filter == new CheckpointFilter()) names.AddRange(page.Page.Items.Select(item => item.Name));
                cursor = page.Page.Next;
            }
            while (cursor is not null);
        }

        var holds = (await new Holds(store.Database).Handle(new ListHolds(domain, summary.Version, new Paging(100, null)), none)).Value.Items;
        Assert.Equal(summary.Holds, holds.Count);
        Write(holds);
        var one = new OneCheckpoint(store.Forests, store.Definitions);
        foreach (var name in names)
        {
            Write((await one.Handle(new GetCheckpoint(summary, name, version), none)).Value);
            text.AppendLine((await one.Handle(new GetCheckpointXml(summary, name, false, true, version), none)).Value);
            Write((await list.Handle(new ListCheckpoints(domain, new CheckpointFilter(From: name), new Paging(100, null), version), none)).Value);
            Write((await list.Handle(new ListCheckpoints(domain, new CheckpointFilter(From: name, Descendants: true), new Paging(100, null), version), none)).Value);
        }

        Assert.Equal(summary.Checkpoints, names.Count);
        var bulk = await new BulkXml(store.Forests, store.Definitions).Handle(new GetBulkXml(summary, false, true, version), none);
        await foreach (var piece in bulk.Pieces) text.Append(piece);
        return text.ToString();

        void Write(object view) => text.AppendLine(JsonSerializer.Serialize(view, Wire.Options));
    }
}
