using CsCheck;
using EventCheckpoints.Domain.Log;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Log;

/// <summary>Signed notes, checkpoints, tiles and entries as text: what is taken, and what is not.</summary>
public sealed class NoteTests
{
    private const string Good = "origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n\u2014 origin AAAAAQID\n";

    [Fact]
    public void A_note_is_read_and_written_as_it_was()
    {
        var note = SignedNote.Parse(Good)!;
        Assert.Equal(Good, note.ToString());
        var signature = Assert.Single(note.Signatures);
        Assert.Equal(("origin", 1u), (signature.Name, signature.KeyId));
        Assert.Equal([2, 3], signature.Signature);
        Assert.Equal(new LogCheckpoint("origin", 8, Root), LogCheckpoint.Parse(note.Text));
        Assert.Equal(note.Text, LogCheckpoint.Parse(note.Text)!.ToString());
        // A witness's line more is no fault, and neither is one of a key that nobody knows.
        var witnessed = Good + string.Concat(Enumerable.Range(0, 20).Select(i => $"\u2014 witness{i}.example/w AAAAAQIDBAUG\n"));
        Assert.Equal(21, SignedNote.Parse(witnessed)!.Signatures.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 name AAAAAQID")]
    [InlineData("text\n\n- name AAAAAQID\n")]
    [InlineData("text\n\n\u2014 name AAAA\n")]
    [InlineData("text\n\n\u2014 name !!!!\n")]
    [InlineData("text\n\n\u2014 na+me AAAAAQID\n")]
    [InlineData("text\n\n\u2014  AAAAAQID\n")]
    [InlineData("text\n\n\u2014 a b AAAAAQID\n")]
    [InlineData("text\r\n\r\n\u2014 name AAAAAQID\r\n")]
    [InlineData("te\u0001xt\n\n\u2014 name AAAAAQID\n")]
    public void What_is_no_signed_note_is_none(string text) => Assert.Null(SignedNote.Parse(text));

    [Fact]
    public void A_note_that_was_mangled_is_read_or_not_and_never_thrown_at()
    {
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Char, Gen.Int[0, 2]).Sample((at, c, what) =>
        {
            var text = what switch { 0 => Good[..at] + c + Good[(at + 1)..], 1 => Good[..at] + c + Good[at..], _ => Good[..at] + Good[(at + 1)..] };
            if (SignedNote.Parse(text) is not { } note) return;
            if (LogCheckpoint.Parse(note.Text) is { } checkpoint && !note.Text.StartsWith(checkpoint.ToString(), StringComparison.Ordinal)) Assert.Fail(text);
        }, iter: 10_000);
    }

    [Theory]
    [InlineData("origin\n08\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n")]
    [InlineData("origin\n+8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n")]
    [InlineData("origin\n-8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n")]
    [InlineData("origin\n99999999999999999999\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n")]
    [InlineData("\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n")]
    [InlineData("origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n")]
    [InlineData("origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQy\n")]
    [InlineData("origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=")]
    [InlineData("origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\nextension\n")]
    public void What_is_no_checkpoint_is_none(string text) => Assert.Null(LogCheckpoint.Parse(text));

    [Fact]
    public void Extension_lines_are_let_pass() => Assert.Equal(8, LogCheckpoint.Parse("origin\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\nextension\n")!.Size);

    /// <summary>The key that Go's documentation of notes has as its example.</summary>
    [Fact]
    public void A_key_has_the_id_that_others_give_it()
    {
        const string published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        Assert.Equal((published, 0xc74f20a3u), (NoteKey.Parse(published)!.ToString(), NoteKey.Parse(published)!.Id));
        Assert.Null(NoteKey.Parse(published.Replace("c74f20a3", "c74f20a4", StringComparison.Ordinal)));
        Assert.Null(NoteKey.Parse(published.Replace("Peter", "Pater", StringComparison.Ordinal)));
        Assert.Null(NoteKey.Parse(published[..^4]));
        Assert.Null(NoteKey.Parse("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
    }

    [Fact]
    public void A_tile_is_read_as_it_is_written()
    {
        Assert.Equal("x001/x234/067", new Tile(0, 1_234_067, Tile.FullWidth).Path());
        Gen.Select(Gen.Long[0, 1L << 50], Gen.Int[1, 256], Gen.Int[0, 5]).Sample((index, width, level) =>
        {
            var tile = new Tile(level, index, width);
            Assert.True(Tile.TryParse(level, tile.Path(), out var read));
            Assert.Equal(tile, read);
        }, iter: 5_000);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("x000/001")]
    [InlineData("x01/001")]
    [InlineData("001/001")]
    [InlineData("x001/x001")]
    [InlineData("001.p/0")]
    [InlineData("001.p/256")]
    [InlineData("001.p/01")]
    [InlineData("001.p/1.p/1")]
    [InlineData("-01")]
    [InlineData("x999/x999/x999/x999/x999/x999/x999/999")]
    public void What_is_no_tile_is_none(string path) => Assert.False(Tile.TryParse(0, path, out _));

    [Fact]
    public void An_entry_is_canonical_and_nothing_else_is_taken_for_it()
    {
        var entry = new LogEntry(
            17, Guid.Parse("0f0e0d0c-0b0a-0908-0706-050403020100"), Guid.Parse("c7a5fdbd-edaf-9455-926a-d65c16db1809"), 3, "checkpoint_created",
            new DateTimeOffset(2026, 3, 6, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(7), "2026-03-06T12:00:00.0000000+00:00", "ann \"é\"", "aa", "bb");
        const string text = "{\"actor\":\"ann \\\"é\\\"\",\"id\":\"0f0e0d0c-0b0a-0908-0706-050403020100\",\"metadata\":\"bb\",\"occurred\":\"2026-03-06T12:00:00.0000000+00:00\",\"payload\":\"aa\",\"recorded\":\"2026-03-06T12:00:00.000007Z\",\"sequence\":\"00000000000000000017\",\"stream\":\"c7a5fdbd-edaf-9455-926a-d65c16db1809\",\"type\":\"checkpoint_created\",\"v\":1,\"version\":3}";
        Assert.Equal(text, entry.Text());
        Assert.True(LogEntry.TryParse(text, out var read));
        Assert.Equal(entry, read);
        foreach (var other in (string[])
        [
            text.Replace(",", ", ", StringComparison.Ordinal), text.Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal), text.Replace("{", "{\"a\":\"b\",", StringComparison.Ordinal),
            text.Replace("é", "\\u00e9", StringComparison.Ordinal), text.Replace("\"version\":3", "\"version\":3.0", StringComparison.Ordinal), text + " ", "[]", "{}", "null", "",
        ])
            Assert.False(LogEntry.TryParse(other, out _), other);
    }

    /// <summary>RFC 8785 §3.2.2.2 and §3.2.3 (whose last key here is the one it begins with, sorted).</summary>
    [Fact]
    public void Canonical_json_is_as_the_rfc_says()
    {
        Assert.Equal("{\"\\r\":\"1\",\"1\":\"2\",\"\u0080\":\"3\",\"ö\":\"4\",\"€\":\"5\",\"\ud83d\ude00\":\"6\",\"\ufb33\":\"7\"}", CanonicalJson.Of(
        [
            new("€", "5"), new("\r", "1"), new("\ufb33", "7"), new("1", "2"), new("\ud83d\ude00", "6"), new("\u0080", "3"), new("ö", "4"), new("absent", null),
        ]));
        Assert.Equal("{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\/\\u000f\\u001f\u007f<\"}", CanonicalJson.Of([new("a", "\b\t\n\f\r\"\\/\u000f\u001f\u007f<")]));
        Assert.Equal("{\"n\":9007199254740992}", CanonicalJson.Of([new("n", 9007199254740992)]));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of([new("a", "\ud83d")]));
        Assert.Throws<ArgumentException>(() => CanonicalJson.Of([new("a", "\ude00\ud83d")]));
    }

    private static TreeHash Root => TreeHash.TryParse("XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", out var root) ? root : throw new FormatException();
}
