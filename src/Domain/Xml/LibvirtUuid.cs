namespace EventCheckpoints.Domain.Xml;

/// <summary>UUIDs as virUUIDParse takes them: 32 hex digits, dashes and blanks between any two pairs, white space around.</summary>
internal static class LibvirtUuid
{
    private const int Digits = 32;

    public static DomainId? Parse(string text)
    {
        Span<char> digits = stackalloc char[Digits];
        var count = 0;
        var rest = text.AsSpan().TrimStart(" \t\r\n\v\f").TrimEnd(" \t\r\n\v\f");
        foreach (var c in rest)
        {
            var betweenPairs = count % 2 == 0 && count < Digits && c is ('-' or ' ');
            if (betweenPairs)
                continue;
            if (count == Digits || !char.IsAsciiHexDigit(c))
                return null;
            digits[count++] = c;
        }

        return count == Digits && Guid.TryParseExact(digits, "N", out var value) ? new DomainId(value) : null;
    }
}
