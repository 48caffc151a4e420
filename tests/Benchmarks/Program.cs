using EventCheckpoints.Benchmarks;
using EventCheckpoints.Benchmarks.Measures;
using EventCheckpoints.Benchmarks.Report;

if (args is ["--parts"])
{
    Parts.Run();
    return 0;
}

var measures = new Dictionary<string, Func<Bench, Task>>
{
    ["xml"] = OneXml.RunAsync,
    ["create"] = OneCreate.RunAsync,
    ["writers"] = Writers.RunAsync,
    ["redefine-list"] = RedefineLists.RunAsync,
    ["virsh"] = BesideVirsh.RunAsync,
    ["walks"] = Walks.RunAsync,
    ["sync"] = Syncs.RunAsync,
    ["http"] = OverHttp.RunAsync,
    ["page"] = InBrowser.RunAsync,
    ["bulk-out"] = BulkOut.RunAsync,
    ["feed"] = Feeds.RunAsync,
    ["audit"] = Audits.RunAsync,
    ["storage"] = Storage.RunAsync,
    ["whole-store"] = WholeStores.RunAsync,
};

return await Settings.RunAsync(args, measures.Keys, async settings =>
{
    await using var bench = await Bench.StartAsync(settings);
    try
    {
        foreach (var (name, run) in measures)
        {
            if (settings.Only.Count == 0 || settings.Only.Contains(name)) await run(bench);
        }
    }
    catch (Exception) when (bench.IsEnding)
    {
        // The process ends as soon as it has tidied up.
        await Task.Delay(Timeout.Infinite);
    }

    var report = new Measured(await Machine.HereAsync(bench.ConnectionString), settings.Extent, bench.Results);
    Console.Out.Write(TextTable.Of(report));
    if (settings.Out is { } directory) await Files.WriteAsync(directory, report);
    return settings.Extent == Extent.Quick && bench.Results.Any(result => result.Failures().Any()) ? 1 : 0;
});
