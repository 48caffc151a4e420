using System.Globalization;

namespace EventCheckpoints.Domain.Tests.Xml;

/// <summary>Texts as files for a program to read, gone afterwards.</summary>
internal sealed class Files : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("xml");
    private int count;

    public string Add(string text) => Add(System.Text.Encoding.UTF8.GetBytes(text));

    public string Add(byte[] bytes)
    {
        var path = Path.Combine(directory.FullName, count++.ToString(CultureInfo.InvariantCulture));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => directory.Delete(recursive: true);
}
