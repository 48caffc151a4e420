using System.Text;
using EventCheckpoints.Domain.Log;
using NSec.Cryptography;

namespace EventCheckpoints.Host.Log;

/// <summary>
/// The key that a log signs its checkpoints with, from a file of one line in the customary form of signed notes, PRIVATE+KEY+NAME+KEYID+BASE64. All hosts of a
/// database have the same one.
/// </summary>
public sealed class LogKey : IDisposable
{
    private const string Prefix = "PRIVATE+KEY+";
    private const int SeedBytes = 32;

    private readonly Key _key;

    private LogKey(string name, Key key)
    {
        _key = key;
        Public = new NoteKey(name, key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    /// <summary>What verifies it. Its name is the log's origin.</summary>
    public NoteKey Public { get; }

    /// <summary>Reads the key, or makes one where there is no file yet, for its owner's eyes only.</summary>
    /// <exception cref="StartupException">The file cannot be read or written, or is no key.</exception>
    public static LogKey Open(string path)
    {
        try
        {
            if (!File.Exists(path)) Make(path);
            return Parse(File.ReadAllText(path).Trim()) ?? throw new StartupException($"{path} is no key of a log: it reads like {Prefix}NAME+0123abcd+BASE64, and is made by the first start where there is none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The log's key {path} cannot be opened: {e.Message}");
        }
    }

    public static bool Verify(NoteKey key, SignedNote note) => note.Signatures.Any(signature =>
        signature.Name == key.Name && signature.KeyId == key.Id
        && SignatureAlgorithm.Ed25519.Verify(
            PublicKey.Import(SignatureAlgorithm.Ed25519, key.PublicKey, KeyBlobFormat.RawPublicKey), Encoding.UTF8.GetBytes(note.Text), signature.Signature));

    /// <summary>Ed25519 over the text's UTF-8.</summary>
    public SignedNote Sign(string text) =>
        new(text, [new NoteSignature(Public.Name, Public.Id, SignatureAlgorithm.Ed25519.Sign(_key, Encoding.UTF8.GetBytes(text)))]);

    public void Dispose() => _key.Dispose();

    private static LogKey? Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length..].Split('+', 3) is not [var name, var id, var base64] || !NoteKey.IsName(name)) return null;
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length != 1 + SeedBytes || bytes[0] != 1) return null;
        var key = new LogKey(name, Key.Import(SignatureAlgorithm.Ed25519, bytes.AsSpan(1, SeedBytes), KeyBlobFormat.RawPrivateKey));
        return $"{key.Public.Id:x8}" == id ? key : null;
    }

    private static void Make(string path)
    {
        using var key = Key.Create(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        var name = $"eventcheckpoints/{Guid.NewGuid():n}"[..25];
        using var made = new LogKey(name, Key.Import(SignatureAlgorithm.Ed25519, key.Export(KeyBlobFormat.RawPrivateKey), KeyBlobFormat.RawPrivateKey));
        var text = $"{Prefix}{name}+{made.Public.Id:x8}+{Convert.ToBase64String([1, .. key.Export(KeyBlobFormat.RawPrivateKey)])}\n";
        // Whole or not at all, and whoever was first has made it.
        var fresh = $"{path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(fresh, options))
        {
            file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(fresh, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(fresh);
        }
    }
}
