using EventCheckpoints.Host.Tests;

namespace EventCheckpoints.Web.Tests;

/// <summary>What the tests look at.</summary>
internal static class Sample
{
    /// <summary>Where the screenshots go; none are made without it, and docs/page is where those of the README are.</summary>
    public static readonly string? Pictures = Environment.GetEnvironmentVariable("EVENTCHECKPOINTS_SCREENSHOTS");

    /// <summary>A chain that folds, a branch, a held one, and a neighbour whose name would be markup.</summary>
    public static async Task<string> SampleAsync(TestHost host)
    {
        var uuid = Guid.NewGuid().ToString();
        await host.SendAsync(HttpMethod.Post, "/v1/domains", TestHost.Xml(TestHost.DomainXml("shop", uuid)));
        using var webhook = new StringContent("""{"url":"https://hook.invalid/"}""", null, "application/json");
        await host.SendAsync(HttpMethod.Post, "/v1/webhooks", webhook);
        await host.DefineAsync("&lt;img src=x onerror=console.log(1)&gt;");
        foreach (var name in new[] { "base", "night", "held" }) await CreateAsync(host, uuid, name);
        using var hold = new StringContent("""{"id":"case-7","checkpoint":"held"}""", null, "application/json");
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{uuid}/holds", hold, ("X-Audit-Reason", "court order"));
        await host.SendAsync(
            HttpMethod.Post, $"/v1/domains/{uuid}/checkpoints?redefine=true",
            TestHost.Xml("<domaincheckpoint><name>side</name><description>a try</description><parent><name>base</name></parent><creationTime>1760000000</creationTime><disks><disk name='vda' checkpoint='bitmap'/></disks></domaincheckpoint>"));
        for (var i = 0; i < 20; i++) await CreateAsync(host, uuid, $"hour-{i}");
        // One that its host has lost, and one without its bitmap.
        string[] there = ["base", "night", "held", .. Enumerable.Range(0, 19).Select(i => $"hour-{i}")];
        var bitmaps = there.Append("hour-19").Select(name => $$"""{"name":"{{name}}","inconsistent":false}""");
        using var observation = new StringContent(
            $$"""{"host":"kvm7:qemu/system","checkpoints":["side","{{string.Join("\",\"", there)}}"],"disks":[{"target":"vda","source":"/a","bitmaps":[{{string.Join(',', bitmaps)}}]},{"target":"vdb"}]}""", null, "application/json");
        await host.SendAsync(HttpMethod.Put, $"/v1/domains/{uuid}/observation", observation);
        return uuid;
    }

    public static async Task CreateAsync(TestHost host, string domain, string name) =>
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{domain}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));
}
