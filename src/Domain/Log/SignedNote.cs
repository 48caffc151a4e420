using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventCheckpoints.Domain.Log;

/// <summary>One signature line of a note.</summary>
/// <param name="KeyId">The first four bytes of the key's hash, big endian.</param>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Signature);

/// <summary>A text with signatures under it (C2SP signed-note v1.0.0).</summary>
/// <param name="Text">Ends with a line end; what is signed.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Far more than a checkpoint with a hundred witnesses needs.</summary>
    private const int MaxLength = 1_000_000;

    /// <summary>A line of signature begins with an em dash (U+2014) and a space.</summary>
    private const string Dash = "\u2014 ";

    /// <summary>Null where it is no signed note. Signatures of keys nobody knows are kept: they are no fault.</summary>
    public static SignedNote? Parse(string note)
    {
        if (note.Length > MaxLength || note.Any(c => c < ' ' && c != '\n')) return null;
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || end + 2 >= note.Length || note[^1] != '\n') return null;
        var lines = note[(end + 2)..^1].Split('\n');
        var signatures = new List<NoteSignature>();
        foreach (var line in lines)
        {
            if (!line.StartsWith(Dash, StringComparison.Ordinal) || line[Dash.Length..].Split(' ') is not [{ Length: > 0 } name, var base64]) return null;
            var bytes = new byte[base64.Length];
            if (name.Contains('+', StringComparison.Ordinal) || !Convert.TryFromBase64String(base64, bytes, out var length) || length <= 4) return null;
            signatures.Add(new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..length]));
        }

        return new SignedNote(note[..(end + 1)], signatures);
    }

    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var (name, keyId, signature) in Signatures)
        {
            var bytes = new byte[4 + signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, keyId);
            signature.CopyTo(bytes, 4);
            note.Append(Dash).Append(name).Append(' ').Append(Convert.ToBase64String(bytes)).Append('\n');
        }

        return note.ToString();
    }
}

/// <summary>An Ed25519 key that notes are verified with, in the form NAME+KEYID+BASE64 of C2SP signed-note.</summary>
/// <param name="PublicKey">32 bytes.</param>
public sealed record NoteKey(string Name, byte[] PublicKey)
{
    private const byte Ed25519 = 1;

    /// <summary>The first four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ public key).</summary>
    public uint Id => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), (byte)'\n', Ed25519, .. PublicKey]));

    /// <summary>Whether a name can stand in a note: not empty, without spaces and plus signs.</summary>
    public static bool IsName(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');

    /// <summary>Null where it is no such key, or its id is not that of name and key.</summary>
    public static NoteKey? Parse(string text)
    {
        if (text.Split('+', 3) is not [var name, var id, var base64] || !IsName(name)) return null;
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length != 33 || bytes[0] != Ed25519) return null;
        var key = new NoteKey(name, bytes[1..33]);
        return key.ToString() == text && id.Length == 8 ? key : null;
    }

    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([Ed25519, .. PublicKey])}";
}
