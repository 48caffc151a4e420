using System.Text.Json;

namespace EventCheckpoints.Host.Cli.Remote;

/// <summary>Reads what the server says no with.</summary>
internal static class Problems
{
    public static async Task<Problem> Read(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && await response.Content.ReadFromJsonAsync<Body>(JsonSerializerOptions.Web) is { Detail: { } detail } body)
            return new Problem(detail, body.Rule, body.Items);
        return new Problem($"the server at {response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}; is it an EventCheckpoints server?");
    }

    /// <summary>The innermost cause, which is the one that says something ("Connection refused").</summary>
    public static string Reason(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e.Message.TrimEnd('.');
    }

    private sealed record Body(string? Detail, string? Rule, IReadOnlyList<ProblemItem>? Items);
}
