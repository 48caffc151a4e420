using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Polly;
using Polly.Timeout;

namespace EventCheckpoints.Host.Webhooks;

/// <summary>Makes one attempt to deliver one message, signed by every secret that is in use. It follows no redirect and uses no proxy.</summary>
public sealed class WebhookSender : IDisposable
{
    public const string MediaType = "application/cloudevents+json";

    /// <summary>Standard Webhooks: 15 to 30 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of what a target answers that it could not take: for the delivery log.</summary>
    private const int MaxAnswer = 300;

    /// <summary>Characters of an error: what a target sends in place of HTTP is quoted in it.</summary>
    private const int MaxError = 600;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _timeout;

    public WebhookSender(WebhookTargets targets, TimeProvider time)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = targets.ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // Names move.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { UserAgent = { ProductInfoHeaderValue.Parse("EventCheckpoints-Webhook/1") } },
        };
        _time = time;
        _timeout = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(Patience).Build();
    }

    /// <param name="id">Of the message; the same at each attempt.</param>
    /// <param name="body">Sent byte for byte as it was signed.</param>
    public async Task<Attempt> SendAsync(Webhook to, string id, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var at = _time.GetUtcNow();
        var began = _time.GetTimestamp();
        Attempt Of(int? status, string? error, TimeSpan? retryAfter = null) => new(at, _time.GetElapsedTime(began), status, OneLine(error), retryAfter);
        try
        {
            return await _timeout.ExecuteAsync(async limited =>
            {
                using var request = Request(to, id, at, body);
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited);
                var status = (int)response.StatusCode;
                return response.IsSuccessStatusCode
                    ? Of(status, null)
                    : Of(status, $"answered {status} {response.ReasonPhrase}{await AnswerAsync(response, limited)}", RetryAfter(response.Headers.RetryAfter, at));
            }, cancellation);
        }
        catch (TimeoutRejectedException)
        {
            return Of(null, $"no answer within {Patience.TotalSeconds:0} seconds");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TargetRefusedException)
        {
            return Of(null, Cli.Remote.Problems.Reason(e));
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Webhook to, string id, DateTimeOffset at, ReadOnlyMemory<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds();
        var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(MediaType, "utf-8") } };
        var request = new HttpRequestMessage(HttpMethod.Post, to.Url) { Content = content };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", string.Join(' ', to.Secrets.Where(secret => secret.Signs(at)).Select(secret => secret.Secret.Sign(id, timestamp, body.Span))));
        return request;
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? (header?.Date is { } date && date > now ? date - now : null);

    /// <summary>Whatever bytes a target chose, the delivery log can take them (PostgreSQL takes no NUL) and a terminal can show them.</summary>
    private static string? OneLine(string? error) =>
        error is null ? null : string.Concat(error.Take(MaxError).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? ' ' : letter)).TrimEnd();

    /// <summary>The beginning of what it said.</summary>
    private static async Task<string> AnswerAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxAnswer];
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        var text = Encoding.UTF8.GetString(buffer, 0, read).Trim();
        return text.Length == 0 ? "" : $": {text}";
    }
}
