using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace EventCheckpoints.Host.Web;

/// <summary>The style sheet, the script and the icon of the pages, out of the program itself; they tell nobody anything, so everybody may have them.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, Asset> All = new()
    {
        ["page.css"] = Read("page.css", "text/css; charset=utf-8"),
        ["icon.svg"] = Read("icon.svg", "image/svg+xml"),
        ["page.js"] = Read("page.js", "text/javascript; charset=utf-8"),
    };

    public static IResult Get(HttpContext context, string name)
    {
        if (!All.TryGetValue(name, out var asset)) return Results.NotFound();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        // Asked again each time, and answered with 304 while it is the same: a new version of the program is never mixed with an old script.
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(asset.Bytes, asset.Type, entityTag: asset.Tag);
    }

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} was not built in");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(bytes, type, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\""));
    }

    private sealed record Asset(byte[] Bytes, string Type, EntityTagHeaderValue Tag);
}
