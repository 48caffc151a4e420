using EventCheckpoints.Host.Http;

namespace EventCheckpoints.Host.Tests.Web;

/// <summary>What the tests of pages do over and over.</summary>
internal static class Pages
{
    public static readonly AccessToken Reader = new("rita", "reader", "a-reader's-token-1");
    public static readonly AccessToken Writer = new("walt", "writer", "a-writer's-token-1");

    public static async Task CreateAsync(this TestHost host, string domain, string name) =>
        await host.SendAsync(HttpMethod.Post, $"/v1/domains/{domain}/checkpoints", TestHost.Xml($"<domaincheckpoint><name>{name}</name></domaincheckpoint>"));

    public static async Task<HttpResponseMessage> PostAsync(this TestHost host, string path, params KeyValuePair<string, string>[] fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        return await host.Client.PostAsync(path, form);
    }

    public static Task<HttpResponseMessage> DeleteAsync(this TestHost host, string domain, string name, string version, string reason) =>
        host.PostAsync($"/domains/{domain}/checkpoints/{name}/delete", new("flag", ""), new("version", version), new("reason", reason));
}
