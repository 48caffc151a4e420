using System.Diagnostics;
using System.Globalization;
using EventCheckpoints.Host.Cli.Shell;

namespace EventCheckpoints.Host.Cli.Words;

/// <summary>How far a long upload is, on a line of standard error that goes away at its end.</summary>
internal sealed class Progress(TextWriter output) : IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _total;
    private long _sent;
    private long _shown;

    /// <returns>Null where standard error is no terminal, or quiet is asked for.</returns>
    public static Progress? OnTerminal(Invocation call) => Console.IsErrorRedirected || call.Session.Quiet ? null : new Progress(call.Errors);

    public void Expect(long bytes) => _total += bytes;

    public void Add(long bytes)
    {
        _sent += bytes;
        // A quick one shows nothing, a slow one four lines a second.
        var elapsed = (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds / 250;
        if (elapsed == _shown) return;
        _shown = elapsed;
        output.Write(_sent < _total
            ? string.Create(CultureInfo.InvariantCulture, $"\r{_sent >> 20} of {_total >> 20} MiB sent")
            : "\rall sent, the server is at work ");
        output.Flush();
    }

    public void Dispose()
    {
        if (_shown > 0) output.Write("\r\e[K");
        _shown = 0;
    }
}

/// <summary>A file that tells how much of it was read.</summary>
internal sealed class CountedStream(Stream file, Progress progress) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(file.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await file.ReadAsync(buffer, cancellationToken));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        progress.Add(read);
        return read;
    }
}
