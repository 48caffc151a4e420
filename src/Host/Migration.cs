using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace EventCheckpoints.Host;

/// <summary>One numbered script of the schema: forward only, never edited once it was released.</summary>
/// <param name="Name">"NNNN-what.sql"; the names' ordinal order is the order of application.</param>
public sealed record Migration(string Name, string Sql)
{
    /// <summary>Of the text in UTF-8, in lower-case hex.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The scripts of migrations/, which this program carries.</summary>
    public static IReadOnlyList<Migration> All { get; } = Embedded();

    private static List<Migration> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Load)];

        Migration Load(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return new Migration(name, reader.ReadToEnd());
        }
    }
}
