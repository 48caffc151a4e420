using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using EventCheckpoints.Host.Cli.Import;
using EventCheckpoints.Host.Postgres;
using EventCheckpoints.Host.Tests.Cli;
using EventCheckpoints.Tests;
using Xunit;

namespace EventCheckpoints.Host.Tests.Import;

/// <summary>import: what is wrong is named with its file, and nothing is changed.</summary>
[SuppressMessage("Performance", "CA1849:Call async methods when in an async method", Justification = "small archives in memory")]
public sealed class ImportFaultTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string Web = OnDisk.Domain("web", OnDisk.WebId);

    [Theory]
    [InlineData("cp.2.xml.bak", "W2", "web/cp.2.xml.bak: it holds checkpoint 'cp.2', and would have to be called so: it is a copy, or was left behind")]
    [InlineData("cp.2.xml.new", "W2", "web/cp.2.xml.new: it holds checkpoint 'cp.2', and would have to be called so: it is a copy, or was left behind")]
    [InlineData("old.xml", "W4", "web/old.xml: it holds checkpoint 'cp.4', and would have to be called so: it is a copy, or was left behind")]
    [InlineData("cp.4.xml", "", "web/cp.4.xml:1: (checkpoints):1: ")]
    [InlineData("cp.4.xml", "<domaincheckpoint>\n<name>cp.4", "web/cp.4.xml:2: ")]
    [InlineData("cp.4.xml", "<domaincheckpoint>\n<name>cp.4</name>\n</domaincheckpoint>", "web/cp.4.xml:1: checkpoint 'cp.4': internal error: missing creationTime from existing checkpoint")]
    [InlineData("cp.4.xml", "<domaincheckpoint>\n<name>cp.4</name>\n<creationTime>1</creationTime>\n<odd/></domaincheckpoint>", "web/cp.4.xml:4: checkpoint 'cp.4': ")]
    [InlineData("cp.4.xml", "W4-gone", "web/cp.4.xml: invalid argument: parent gone for moment cp.4 not found")]
    [InlineData("cp.4.xml", "W4-vdz", "web/cp.4.xml: unsupported configuration: no disk named 'vdz'")]
    [InlineData("cp.4.xml", "<domainsnapshot/>", "web/cp.4.xml:1: XML error: unexpected root element <domainsnapshot>, expecting <checkpoints>")]
    [InlineData("README", "keep out", "web/README: it is no XML")]
    [InlineData(".cp.1.xml.swp", "b0VIM 9", "web/.cp.1.xml.swp: it is no XML")]
    public async Task What_libvirt_passes_over_in_silence_is_named(string name, string content, string fault)
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 3, isStore: true);
        var text = content switch
        {
            "W2" => OnDisk.Warning + OnDisk.Checkpoint("cp.2", "cp.1", 1_700_000_002, Web),
            "W4" => OnDisk.Warning + OnDisk.Checkpoint("cp.4", "cp.3", 1_700_000_004, Web),
            "W4-gone" => OnDisk.Warning + OnDisk.Checkpoint("cp.4", "gone", 1_700_000_004, Web),
            "W4-vdz" => OnDisk.Warning + OnDisk.Checkpoint("cp.4", "cp.3", 1_700_000_004, Web).Replace("<disk name='vda' ", "<disk name='vdz' ", StringComparison.Ordinal),
            _ => content,
        };
        await File.WriteAllTextAsync(folder.In($"web/{name}"), text, TestContext.Current.CancellationToken);
        var steps = await Run(folder, "import web", "list --name");
        Assert.Contains($"error: {fault}", steps[0].Stderr, StringComparison.Ordinal);
        Assert.Equal((1, "\n"), (steps[0].Rc, steps[1].Stdout));
    }

    [Fact]
    public async Task A_name_cannot_write_on_the_terminal()
    {
        await using var folder = new TemporaryDirectory();
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 1, isStore: true);
        await File.WriteAllTextAsync(folder.In("web/\u001b[2Jcp.2\nxml"), "x", TestContext.Current.CancellationToken);
        await Tool.RunAsync("tar", ["-cf", folder.In("a.tar"), "-C", folder.Path, "web"]);
        foreach (var path in (string[])["web", "a.tar"])
        {
            var step = (await Run(folder, $"import {path}"))[0];
            Assert.Contains("web/\uFFFD[2Jcp.2\uFFFDxml: it is no XML\n", step.Stderr, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', step.Stdout + step.Stderr);
        }
    }

    [Fact]
    public async Task Every_fault_is_named_not_only_the_first()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("all/web"), "web", OnDisk.WebId, "cp", 2, isStore: true);
        await OnDisk.ChainAsync(folder.In("all/mail"), "mail", OnDisk.MailId, "m", 2, isStore: true);
        await File.WriteAllTextAsync(folder.In("all/web/x.xml"), "<", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("all/mail/y.xml"), "\u00ff", Encoding.Latin1, TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(folder.In("all/loop"), folder.In("all"));
        var step = (await Run(folder, "import all nosuch"))[0];
        foreach (var path in (string[])["all/web/x.xml:1: ", "all/mail/y.xml:1: ", "all/loop: it is a symbolic link to a directory, which is not followed\n", "nosuch: No such file or directory\n"])
            Assert.Contains($"error: {path}", step.Stderr, StringComparison.Ordinal);
        Assert.EndsWith("error: nothing was imported: 4 faults\n", step.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_saved_dumps_what_is_none_is_left_alone_and_said()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("saved"), "web", OnDisk.WebId, "cp", 2, isStore: false);
        await File.WriteAllTextAsync(folder.In("saved/notes.txt"), "of monday", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("saved/web.xml"), Web, TestContext.Current.CancellationToken);
        var step = (await Run(folder, "import saved"))[0];
        Assert.Equal(
            "saved: saved XML, 2 checkpoints\nsaved/notes.txt: it is no XML; left alone\nsaved/web.xml: XML error: expected at least one <domaincheckpoint> child; left alone\nweb: 2 created, 0 redefined, 0 unchanged; current: cp.2\n\n",
            step.Stdout);
        Directory.CreateDirectory(folder.In("empty"));
        Assert.Equal("error: there are no checkpoints in what was given\n", (await Run(folder, "import empty"))[0].Stderr);
    }

    [Fact]
    public async Task What_is_no_path_and_what_begins_with_a_mark()
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await File.WriteAllTextAsync(folder.In("marked"), OnDisk.Checkpoint("a", null, 1, Web), new UTF8Encoding(true), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder.In("many/below"));
        for (var at = 0; at < 30; at++) await File.WriteAllTextAsync(folder.In($"many/below/{at}"), "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("many/b.xml"), OnDisk.Checkpoint("b", "a", 2, Web), TestContext.Current.CancellationToken);
        for (var at = 0; at < 30; at++) await File.WriteAllTextAsync(folder.In($"many/{at}"), "x", TestContext.Current.CancellationToken);
        var steps = await Run(folder, "import ''", "import marked", "import many");
        Assert.Equal(("error: Failed to get option 'path': Option argument is empty\n", ""), (steps[0].Stderr, steps[1].Stderr));
        Assert.Contains("\n… and 10 more files were left alone\nweb: 1 created", steps[2].Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_is_read_like_the_directory_it_was_made_of(bool packed)
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await OnDisk.ChainAsync(folder.In("checkpoint/web"), "web", OnDisk.WebId, "cp", 3, isStore: true);
        await OnDisk.ChainAsync(folder.In("checkpoint/mail"), "mail", OnDisk.MailId, "m", 2, isStore: true);
        await Tool.RunAsync("tar", [packed ? "-czf" : "-cf", folder.In("all"), "-C", folder.Path, "./checkpoint"]);
        var steps = await Run(folder, "import all", "import checkpoint");
        Assert.Contains("all/checkpoint/mail: libvirt's store, 2 checkpoints\n", steps[0].Stdout, StringComparison.Ordinal);
        Assert.Contains("web: 3 created, 0 redefined, 0 unchanged; current: cp.3\n", steps[0].Stdout, StringComparison.Ordinal);
        Assert.Contains("web: 0 created, 0 redefined, 3 unchanged; current: cp.3\n", steps[1].Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/cron.d/x.xml", TarEntryType.RegularFile, "its name leads out of the archive")]
    [InlineData("/etc/passwd.xml", TarEntryType.RegularFile, "its name leads out of the archive")]
    [InlineData("web/x/../../../y.xml", TarEntryType.RegularFile, "its name leads out of the archive")]
    [InlineData("web/link.xml", TarEntryType.SymbolicLink, "it is no plain file but a link, a device or the like, which is not followed")]
    [InlineData("web/hard.xml", TarEntryType.HardLink, "it is no plain file but a link, a device or the like, which is not followed")]
    [InlineData("web/pipe.xml", TarEntryType.Fifo, "it is no plain file but a link, a device or the like, which is not followed")]
    public async Task A_hostile_archive_is_told_from_the_others_and_writes_nothing(string name, TarEntryType type, string fault)
    {
        await using var folder = new TemporaryDirectory();
        await server.Reset([]);
        await using (var file = File.Create(folder.In("a.tar")))
        await using (var tar = new TarWriter(file))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "web/cp.1.xml") { DataStream = Bytes(OnDisk.Warning + OnDisk.Checkpoint("cp.1", null, 1, Web)) });
            var entry = new PaxTarEntry(type, name);
            if (type == TarEntryType.RegularFile) entry.DataStream = Bytes(OnDisk.Checkpoint("cp.2", "cp.1", 2, Web));
            else if (type != TarEntryType.Fifo) entry.LinkName = "/etc/passwd";
            tar.WriteEntry(entry);
        }

        var steps = await Run(folder, "import a.tar", "list --name");
        Assert.Equal($"error: a.tar/{name}: {fault}\nerror: nothing was imported: 1 fault\n", steps[0].Stderr);
        Assert.Equal("\n", steps[1].Stdout);
        Assert.Equal(["a.tar"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task An_archive_that_was_cut_off_or_turned_is_no_whole_one()
    {
        await using var folder = new TemporaryDirectory();
        await OnDisk.ChainAsync(folder.In("web"), "web", OnDisk.WebId, "cp", 3, isStore: true);
        await Tool.RunAsync("tar", ["-czf", folder.In("good.tgz"), "-C", folder.Path, "web"]);
        await Tool.RunAsync("tar", ["-cf", folder.In("good.tar"), "-C", folder.Path, "web"]);
        var random = new Random(1971);
        foreach (var good in (string[])["good.tgz", "good.tar"])
        {
            var bytes = await File.ReadAllBytesAsync(folder.In(good), TestContext.Current.CancellationToken);
            for (var round = 0; round < 40; round++)
            {
                var bad = bytes.ToArray();
                if (round % 2 == 0) bad = bad[..random.Next(bad.Length)];
                else for (var flips = 0; flips < 20; flips++) bad[random.Next(bad.Length)] ^= (byte)random.Next(256);
                await File.WriteAllBytesAsync(folder.In("bad"), bad, TestContext.Current.CancellationToken);
                await server.Reset([]);
                // Whatever is left of it: an answer, never a fault of the program.
                var step = (await Run(folder, "import bad"))[0];
                Assert.True(step.Rc == 0 || step.Stderr.StartsWith("error: ", StringComparison.Ordinal), step.Stderr);
            }
        }
    }

    [Fact]
    public async Task A_bomb_is_stopped()
    {
        await using var folder = new TemporaryDirectory();
        await using (var file = File.Create(folder.In("bomb.tgz")))
        await using (var packed = new GZipStream(file, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(packed))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "web/cp.1.xml") { DataStream = new Zeros(ImportLimits.FileBytes + 1L) });
        Assert.Equal($"error: bomb.tgz/web/cp.1.xml: it has more than {ImportLimits.FileBytes} bytes, the most that is taken; redefine-list takes larger lists\nerror: nothing was imported: 1 fault\n", (await Run(folder, "import bomb.tgz"))[0].Stderr);

        // What is not wanted of it is unpacked all the same, up to a bound.
        using var unpacking = new BoundedUnpacking(new MemoryStream(await BombAsync(200_000_000)), "x", most: 100_000_000);
        var thrown = Assert.Throws<ImportException>(() => unpacking.CopyTo(Stream.Null));
        Assert.Equal("x: it unpacks to more than 100000000 bytes; unpack it, and give the directory", thrown.Message);

        // A description is read as a whole, so it may not be large, whatever it unpacks from.
        foreach (var type in "xgLK")
        {
            var header = new byte[512];
            "entry"u8.CopyTo(header);
            "0000644\00000000\00000000\013142620400\000000000000\0        "u8.CopyTo(header.AsSpan(100));
            header[156] = (byte)type;
            "ustar\000"u8.CopyTo(header.AsSpan(257));
            Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
            await using (var file = File.Create(folder.In("description.tgz")))
            await using (var packed = new GZipStream(file, CompressionLevel.Fastest))
            {
                packed.Write(header);
                await new Zeros(100_000_000).CopyToAsync(packed, TestContext.Current.CancellationToken);
            }

            Assert.Equal(
                $"error: description.tgz: it is no whole archive: what describes an entry has more than {ImportLimits.HeaderBytes} bytes\nerror: nothing was imported: 1 fault\n",
                (await Run(folder, "import description.tgz"))[0].Stderr);
        }

        // A header that promises more than there is.
        var promise = new MemoryStream();
        await using (var tar = new TarWriter(promise, TarEntryFormat.Pax, leaveOpen: true))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "web/cp.1.xml", [new("comment", new string('c', 2_000))]) { DataStream = Bytes("<") });
        var bytes = promise.ToArray();
        "17777777777\0"u8.CopyTo(bytes.AsSpan(124));
        "        "u8.CopyTo(bytes.AsSpan(148));
        var sum = bytes.Take(512).Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes, 148);
        await File.WriteAllBytesAsync(folder.In("promise.tar"), bytes, TestContext.Current.CancellationToken);
        Assert.StartsWith("error: promise.tar: ", (await Run(folder, "import promise.tar"))[0].Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_end_are_not_looked_for()
    {
        var intake = new ImportIntake();
        for (var seen = 0; seen < ImportLimits.Files; seen++) intake.See("a.tar/x");
        var thrown = Assert.Throws<ImportException>(() => intake.See("a.tar/x"));
        Assert.Contains($"more than {ImportLimits.Files} files", thrown.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> BombAsync(long size)
    {
        var bytes = new MemoryStream();
        await using (var packed = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) await new Zeros(size).CopyToAsync(packed);
        return bytes.ToArray();
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private Task<IReadOnlyList<EventCheckpoints.Host.Cli.Batch.Outcome>> Run(TemporaryDirectory folder, params string[] words) =>
        server.Run(string.Join('\n', words), server.Session with { Directory = folder.Path });

    /// <summary>So many zeros.</summary>
    private sealed class Zeros(long size) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = (int)Math.Min(count, size - Position);
            buffer.AsSpan(offset, length).Clear();
            Position += length;
            return length;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
