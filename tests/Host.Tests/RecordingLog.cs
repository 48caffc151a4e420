using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace EventCheckpoints.Tests;

/// <summary>A log whose lines a test can read and wait for.</summary>
public sealed class RecordingLog : ILogger
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Channel<string> news = Channel.CreateUnbounded<string>();

    public IEnumerable<string> Lines => lines;

    /// <summary>Returns once a line that no earlier call has read past holds the text.</summary>
    public async Task WaitForAsync(string text, CancellationToken cancellation)
    {
        while (!(await news.Reader.ReadAsync(cancellation)).Contains(text, StringComparison.Ordinal)) { }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel}: {formatter(state, exception)}";
        lines.Enqueue(line);
        news.Writer.TryWrite(line);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
