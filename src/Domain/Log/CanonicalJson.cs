using System.Globalization;
using System.Text;

namespace EventCheckpoints.Domain.Log;

/// <summary>
/// RFC 8785 for objects of strings and integers of at most 2^53, which is all that a log's entry is made of. No library that does it is kept up for .NET; the
/// platform's writer escapes other characters than §3.2.2.2 says.
/// </summary>
public static class CanonicalJson
{
    /// <param name="members">Absent ones are null. Sorted by UTF-16 code units (§3.2.3).</param>
    /// <exception cref="ArgumentException">A text that is not Unicode: half of a surrogate pair.</exception>
    public static string Of(IEnumerable<KeyValuePair<string, object?>> members)
    {
        var json = new StringBuilder("{");
        foreach (var (name, value) in members.Where(member => member.Value is not null).OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            if (json.Length > 1) json.Append(',');
            Text(json, name);
            json.Append(':');
            if (value is long number) json.Append(number.ToString(CultureInfo.InvariantCulture));
            else Text(json, (string)value!);
        }

        return json.Append('}').ToString();
    }

    private static void Text(StringBuilder json, string text)
    {
        json.Append('"');
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (char.IsSurrogate(c))
            {
                if (at + 1 == text.Length || !char.IsSurrogatePair(c, text[at + 1])) throw new ArgumentException("the text has half of a surrogate pair", nameof(text));
                json.Append(c).Append(text[++at]);
                continue;
            }

            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
