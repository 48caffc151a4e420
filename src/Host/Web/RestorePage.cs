using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using EventCheckpoints.Host.Cli.Words;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Projections;
using MediatR;

namespace EventCheckpoints.Host.Web;

/// <summary>/domains/{domain}/restore.tar.gz: what `restore --script` writes, the XML files and the script that redefines them in order, as an archive. It holds secrets.</summary>
internal static class RestorePage
{
    /// <param name="at">A version or a time; null or empty for now.</param>
    public static async Task<IResult> Download(IMediator mediator, HttpContext context, string domain, string? at)
    {
        var found = await mediator.FindAsync(context, domain, new AsOfQuery(string.IsNullOrWhiteSpace(at) ? null : at.Trim()));
        if (found.Refusal is { } refusal) return refusal.Page();
        var of = found.Value.Domain;
        // All of one version, so that nothing can change in between.
        var list = await mediator.Send(new ListCheckpoints(of.Id, new CheckpointFilter(Topological: true), new Paging(int.MaxValue - 1, null), of.Version), context.RequestAborted);
        if (list.Refusal is { } no) return no.Page();
        await context.RecordReadAsync(of.Id);
        var items = list.Value.Page.Items;
        return Results.Stream(body => WriteAsync(mediator, body, of, items, context.RequestAborted), "application/gzip", $"restore-{of.Id}.tar.gz");
    }

    private static async Task WriteAsync(IMediator mediator, Stream body, DomainSummary domain, IReadOnlyList<CheckpointItem> items, CancellationToken cancellation)
    {
        await using var packed = new GZipStream(body, CompressionLevel.Fastest);
        await using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        await AddAsync(tar, RestoreScript.Name, RestoreScript.Text(domain.Id, [.. items.Select(item => item.Name)], validate: false), executable: true, cancellation);
        foreach (var (item, number) in items.Select((item, i) => (item, i + 1)))
        {
            var xml = await mediator.Send(new GetCheckpointXml(domain, item.Name, NoDomain: false, Secure: true, domain.Version), cancellation);
            await AddAsync(tar, RestoreScript.FileName(number), xml.Value, executable: false, cancellation);
        }
    }

    private static async Task AddAsync(TarWriter tar, string name, string text, bool executable, CancellationToken cancellation)
    {
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (executable ? UnixFileMode.UserExecute : 0);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, $"restore/{name}") { Mode = mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) }, cancellation);
    }
}
