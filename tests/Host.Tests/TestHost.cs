using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EventCheckpoints.Host.Http;
using EventCheckpoints.Host.Log;
using EventCheckpoints.Tests;
using Microsoft.AspNetCore.Builder;

namespace EventCheckpoints.Host.Tests;

/// <summary>A server on a loopback port with a database of its own, and a client of it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly WebApplication _app;
    private bool _isSecond;

    private TestHost(TestDatabase database, WebApplication app)
    {
        (_database, _app) = (database, app);
        Client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromMinutes(5) };
    }

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Of the owner; the server itself has the rights of a host.</summary>
    public string ConnectionString => _database.ConnectionString;

    public string HostConnectionString => _database.HostConnectionString;

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<TestHost> StartAsync(params AccessToken[] tokens) => StartAsync(RequiredReasons.None, tokens);

    public static Task<TestHost> StartAsync(LogSettings log) => StartAsync(options => options with { Log = log });

    public static Task<TestHost> StartAsync(RequiredReasons required, params AccessToken[] tokens) => StartAsync(options => options with { RequiredReasons = required, Tokens = tokens });

    public static async Task<TestHost> StartAsync(Func<ServeOptions, ServeOptions> with)
    {
        var database = await TestPostgres.CreateMigratedDatabaseAsync();
        var app = Server.Build(with(new ServeOptions("http://127.0.0.1:0", database.HostConnectionString, [])));
        await app.StartAsync();
        return new TestHost(database, app);
    }

    public static HttpContent Xml(string text) => new StringContent(text, Encoding.UTF8, "application/xml");

    /// <summary>Sends, and reads the answer as JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await Client.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!, response.Headers);
    }

    public async Task<string> XmlAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/xml"));
        using var response = await Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>A domain of two disks with a VNC password.</summary>
    public async Task<string> DefineAsync(string name)
    {
        var uuid = Guid.NewGuid().ToString();
        var (status, _, _) = await SendAsync(HttpMethod.Post, "/v1/domains", Xml(DomainXml(name, uuid)));
        if (status != HttpStatusCode.Created) throw new InvalidOperationException($"define: {status}");
        return uuid;
    }

    public static string DomainXml(string name, string uuid) =>
        $"""
        <domain type='test'>
          <name>{name}</name>
          <uuid>{uuid}</uuid>
          <memory>1024</memory>
          <os><type>hvm</type></os>
          <devices>
            <disk type='file'><source file='/{name}.a'/><target dev='vda'/></disk>
            <disk type='file'><source file='/{name}.b'/><target dev='vdb'/></disk>
            <graphics type='vnc' port='5904' passwd='hunter2'/>
          </devices>
        </domain>

        """;

    /// <summary>Another host on the same database; it goes before the first one does.</summary>
    public async Task<TestHost> SecondAsync(Func<ServeOptions, ServeOptions>? with = null)
    {
        var options = new ServeOptions("http://127.0.0.1:0", _database.HostConnectionString, []);
        var app = Server.Build(with is null ? options : with(options));
        await app.StartAsync();
        return new TestHost(_database, app) { _isSecond = true };
    }

    /// <summary>In order, as by SIGTERM; the database stays.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (!_isSecond) await _database.DisposeAsync();
    }
}
