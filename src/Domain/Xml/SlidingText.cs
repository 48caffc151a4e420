namespace EventCheckpoints.Domain.Xml;

/// <summary>
/// What a parser reads from a stream, kept only as far back as somebody may still want to cut it out. Offsets count from the stream's start;
/// lines end as in <see cref="TextCursor"/>.
/// </summary>
internal sealed class SlidingText(TextReader stream) : TextReader
{
    private char[] kept = new char[16 * 1024];
    private int length;
    private long origin;
    private int line = 1;
    private long lineStart;
    private long scanned;

    /// <summary>More was to be kept than one document may have; the stream then ends early, which the parser notices.</summary>
    public bool TooLarge { get; private set; }

    public override int Peek() => throw new NotSupportedException("the parser reads blocks");

    public override int Read() => throw new NotSupportedException("the parser reads blocks");

    public override int Read(char[] buffer, int index, int count)
    {
        TooLarge |= length > XmlTree.MaxLength;
        var read = TooLarge ? 0 : stream.Read(buffer, index, count);
        if (length + read > kept.Length)
            Array.Resize(ref kept, Math.Max(kept.Length * 2, length + read));
        buffer.AsSpan(index, read).CopyTo(kept.AsSpan(length));
        length += read;
        return read;
    }

    /// <summary>Lets go of everything before an offset.</summary>
    public void Forget(long before)
    {
        var gone = (int)(before - origin);
        Scan(before);
        kept.AsSpan(gone, length - gone).CopyTo(kept);
        length -= gone;
        origin = before;
    }

    /// <summary>The offset of a parser's position, which is not before the last one asked for.</summary>
    public long OffsetOf(int toLine, int column)
    {
        while (line < toLine)
            Scan(origin + length, toLine);
        return lineStart + column - 1;
    }

    public string Slice(long start, long end) => new(kept, (int)(start - origin), (int)(end - start));

    /// <summary>The offset after the tag in which <paramref name="offset"/> stands, quoted values skipped.</summary>
    public long AfterTag(long offset)
    {
        var quote = '\0';
        for (var i = (int)(offset - origin); ; i++)
        {
            var c = kept[i];
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'')
                quote = c;
            else if (c == '>')
                return origin + i + 1;
        }
    }

    /// <summary>Counts lines up to an offset, or until a line is reached.</summary>
    private void Scan(long end, int toLine = int.MaxValue)
    {
        while (scanned < end && line < toLine)
        {
            var c = kept[scanned - origin];
            scanned++;
            if (c == '\r' && scanned - origin < length && kept[scanned - origin] == '\n')
                scanned++;
            if (c is not ('\r' or '\n'))
                continue;
            line++;
            lineStart = scanned;
        }
    }
}
