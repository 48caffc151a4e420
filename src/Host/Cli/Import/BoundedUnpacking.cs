using System.IO.Compression;

namespace EventCheckpoints.Host.Cli.Import;

/// <summary>What a packed archive unpacks to, up to bounds: a few kilobytes can unpack to any size, and so can the description of a single entry, which is read as a whole.</summary>
internal sealed class BoundedUnpacking(Stream packed, string path, long most = ImportLimits.UnpackedBytes) : Stream
{
    private readonly GZipStream _unpacked = new(packed, CompressionMode.Decompress, leaveOpen: true);
    private long _bytes;
    private long _until = long.MaxValue - 1;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _bytes; set => throw new NotSupportedException(); }

    /// <summary>From here on come so many bytes of an entry, and then what describes the next one.</summary>
    public void Expect(long length) => _until = _bytes + Math.Max(0, length) + ImportLimits.HeaderBytes;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Counted(_unpacked.Read(buffer[..Most(buffer.Length)]));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await _unpacked.ReadAsync(buffer[..Most(buffer.Length)], cancellationToken));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacked.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>One byte more than may come tells that more would.</summary>
    private int Most(int wanted) => _bytes > _until
        ? throw new InvalidDataException($"what describes an entry has more than {ImportLimits.HeaderBytes} bytes")
        : (int)Math.Min(wanted, _until - _bytes + 1);

    private int Counted(int read) => (_bytes += read) <= most
        ? read
        : throw new ImportException($"{path}: it unpacks to more than {most} bytes; unpack it, and give the directory");
}
